package dev.recal.ops;

import java.math.BigDecimal;
import java.math.MathContext;

/** Numbers for people: 60 and 0.25, rather than 60.00 and 2.5E-1. */
public final class PlainNumber {

  private PlainNumber() {}

  /**
   * Returns a number without zeros at its end.
   *
   * @param value finite
   * @param digits significant digits at most
   */
  public static String of(double value, int digits) {
    return BigDecimal.valueOf(value)
        .round(new MathContext(digits))
        .stripTrailingZeros()
        .toPlainString();
  }
}
