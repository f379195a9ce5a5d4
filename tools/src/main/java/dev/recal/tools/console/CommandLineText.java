package dev.recal.tools.console;

/** Command lines to type, as text. */
public final class CommandLineText {

  private CommandLineText() {}

  /** Returns a command line of this program, under the name by which it was started. */
  public static String of(String arguments) {
    return System.getProperty("recal.command", "recal") + " " + arguments;
  }
}
