package dev.recal.ops;

import java.nio.charset.CharsetEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Checks of arguments, with one form of message. */
public final class Arguments {

  private Arguments() {}

  /**
   * Rejects an argument.
   *
   * @param holds whether the argument is as expected
   * @param name of the argument
   * @param expected in words, for example {@code at least 1}
   * @param found the argument
   * @throws IllegalArgumentException "name: expected …, but got …."
   */
  public static void require(boolean holds, String name, String expected, Object found) {
    if (!holds) {
      throw new IllegalArgumentException(
          name + ": expected " + expected + ", but got " + found + ".");
    }
  }

  /**
   * Rejects names that a text file with one name per line cannot hold: with line breaks, or that
   * are not valid Unicode.
   */
  public static void lines(String name, List<String> found) {
    CharsetEncoder utf8 = StandardCharsets.UTF_8.newEncoder();
    for (String line : found) {
      boolean holds = line.indexOf('\n') < 0 && line.indexOf('\r') < 0 && utf8.canEncode(line);
      require(holds, name, "names without line breaks", "'" + visible(line) + "'");
    }
  }

  private static String visible(String text) {
    return text.replace("\n", "\\n").replace("\r", "\\r");
  }

  /** Rejects a number below a minimum. */
  public static void atLeast(long minimum, String name, long found) {
    require(found >= minimum, name, "at least " + minimum, found);
  }

  /** Rejects numbers that are not positive, infinity and NaN among them. */
  public static void positive(String name, double found) {
    require(found > 0 && found < Double.POSITIVE_INFINITY, name, "a positive number", found);
  }
}
