package dev.recal.ops;

import java.util.Locale;

/** Numbers with their nouns, for people: "1 image" and "1,500 images". */
public final class Counted {

  private Counted() {}

  /**
   * Returns a number with its noun.
   *
   * @param one the noun in the singular, whose plural ends in an additional s
   */
  public static String of(long count, String one) {
    return of(count, one, one + "s");
  }

  /** Returns a number with its noun in the singular or in the plural. */
  public static String of(long count, String one, String several) {
    return String.format(Locale.ROOT, "%,d %s", count, count == 1 ? one : several);
  }

  /**
   * Returns a number that need not be whole, such as "2.5 epochs".
   *
   * @param count finite
   * @param digits significant digits at most
   * @param one the noun in the singular, whose plural ends in an additional s
   */
  public static String of(double count, int digits, String one) {
    String number = PlainNumber.of(count, digits);
    return number + " " + one + (number.equals("1") ? "" : "s");
  }
}
