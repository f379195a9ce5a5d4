package dev.recal.tools.console;

/** Bounds of numeric options that no library checks. */
public final class Bounds {

  private Bounds() {}

  /**
   * Rejects smaller numbers.
   *
   * @param option as the user writes it, for example {@code --top-k}
   * @throws UsageException if the value is below the minimum
   */
  public static void requireAtLeast(String option, long value, long minimum) {
    if (value < minimum) {
      throw new UsageException(
          option + ": expected at least " + minimum + ", but got " + value + ".");
    }
  }

  /**
   * Rejects 0, negative numbers and NaN.
   *
   * @throws UsageException if the value is one of these
   */
  public static void requirePositive(String option, double value) {
    if (!(value > 0)) {
      throw new UsageException(option + ": expected a positive number, but got " + value + ".");
    }
  }

  /**
   * Rejects numbers outside a range.
   *
   * @throws UsageException if the value is below the minimum or above the maximum
   */
  public static void requireWithin(String option, long value, long minimum, long maximum) {
    if (value < minimum || value > maximum) {
      throw outside(option, value, minimum, maximum);
    }
  }

  /**
   * Rejects numbers outside a range, and NaN.
   *
   * @throws UsageException if the value is below the minimum or above the maximum
   */
  public static void requireWithin(String option, double value, double minimum, double maximum) {
    if (!(value >= minimum && value <= maximum)) {
      throw outside(option, value, minimum, maximum);
    }
  }

  private static UsageException outside(
      String option, double value, double minimum, double maximum) {
    return new UsageException(
        option
            + ": expected from "
            + text(minimum)
            + " to "
            + text(maximum)
            + ", but got "
            + text(value)
            + ".");
  }

  // 1 and not 1.0.
  private static String text(double value) {
    return value == Math.rint(value) && Math.abs(value) < 1L << 53
        ? Long.toString((long) value)
        : Double.toString(value);
  }
}
