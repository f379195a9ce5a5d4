package dev.recal.tools.console;

/** Formats command lines. */
public final class CommandLineText {

  private CommandLineText() {}

  /** Returns a command line of this program, with the name it was started by. */
  public static String of(String arguments) {
    return System.getProperty("recal.command", "recal") + " " + arguments;
  }
}
