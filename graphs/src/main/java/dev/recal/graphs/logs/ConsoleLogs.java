package dev.recal.graphs.logs;

import java.io.Console;
import java.io.PrintStream;
import java.lang.reflect.InvocationTargetException;
import java.time.Duration;

/** Creates the log for the console. */
public final class ConsoleLogs {
  private static final long PLAIN_EVERY_STEPS = 100;
  private static final Duration PLAIN_EVERY_TIME = Duration.ofSeconds(30);

  private ConsoleLogs() {}

  /**
   * A progress bar on a terminal, otherwise plain lines, one every 100 steps or 30 seconds.
   *
   * @param out where to print; not closed by the log
   * @param plain whether to print lines in any case
   */
  public static TrainingLog choose(PrintStream out, boolean plain) {
    return plain || !isTerminal()
        ? new PlainLog(out, PLAIN_EVERY_STEPS, PLAIN_EVERY_TIME)
        : new ProgressBarLog(out);
  }

  /** Whether input and output are an interactive terminal. */
  public static boolean isTerminal() {
    Console console = System.console();
    return console != null && !"dumb".equals(System.getenv("TERM")) && isTerminal(console);
  }

  /** From Java 22 on a console may exist without a terminal; older versions lack the method. */
  private static boolean isTerminal(Console console) {
    try {
      return (boolean) Console.class.getMethod("isTerminal").invoke(console);
    } catch (NoSuchMethodException e) {
      return true;
    } catch (IllegalAccessException | InvocationTargetException e) {
      return false;
    }
  }
}
