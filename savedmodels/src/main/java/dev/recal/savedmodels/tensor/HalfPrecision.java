package dev.recal.savedmodels.tensor;

/** Converts 16-bit floating-point numbers to float32 and back; Java has this from 20 on. */
public final class HalfPrecision {

  private static final int HALF_EXPONENT_BIAS = 15;
  private static final int FLOAT_EXPONENT_BIAS = 127;
  private static final int FRACTION_DIFFERENCE = 13;

  private HalfPrecision() {}

  /** Widens IEEE half precision: one sign, five exponent and ten fraction bits. */
  public static float[] fromHalf(short[] bits) {
    float[] array = new float[bits.length];
    for (int i = 0; i < bits.length; i++) {
      array[i] = fromHalf(bits[i]);
    }
    return array;
  }

  /** Widens bfloat16, the upper half of a float32. */
  public static float[] fromBfloat16(short[] bits) {
    float[] array = new float[bits.length];
    for (int i = 0; i < bits.length; i++) {
      array[i] = Float.intBitsToFloat(bits[i] << 16);
    }
    return array;
  }

  /**
   * Rounds to the nearest half-precision number, ties to even; values that are too large become
   * infinite.
   */
  public static short[] toHalf(float[] values) {
    short[] bits = new short[values.length];
    for (int i = 0; i < values.length; i++) {
      bits[i] = toHalf(values[i]);
    }
    return bits;
  }

  /** Rounds to the nearest bfloat16, ties to even. */
  public static short[] toBfloat16(float[] values) {
    short[] bits = new short[values.length];
    for (int i = 0; i < values.length; i++) {
      int word = Float.floatToIntBits(values[i]);
      // Rounding up a NaN would yield an infinity.
      boolean number = !Float.isNaN(values[i]);
      bits[i] = (short) ((number ? word + 0x7fff + ((word >> 16) & 1) : word) >> 16);
    }
    return bits;
  }

  private static float fromHalf(short half) {
    int sign = (half & 0x8000) << 16;
    int exponent = (half >> 10) & 0x1f;
    int fraction = half & 0x3ff;
    if (exponent == 0) {
      float subnormal = fraction * 0x1p-24f;
      return sign == 0 ? subnormal : -subnormal;
    }
    if (exponent == 0x1f) {
      return Float.intBitsToFloat(sign | 0x7f800000 | (fraction << FRACTION_DIFFERENCE));
    }
    int rebased = exponent - HALF_EXPONENT_BIAS + FLOAT_EXPONENT_BIAS;
    return Float.intBitsToFloat(sign | (rebased << 23) | (fraction << FRACTION_DIFFERENCE));
  }

  private static short toHalf(float value) {
    int word = Float.floatToIntBits(value);
    int sign = (word >>> 16) & 0x8000;
    float magnitude = Math.abs(value);
    if (Float.isNaN(value)) {
      return (short) (sign | 0x7e00);
    }
    // Half of the step above 65504, the largest number, rounds up to infinity.
    if (magnitude >= 65520f) {
      return (short) (sign | 0x7c00);
    }
    if (magnitude < 0x1p-14f) {
      // Subnormal: a whole number of steps of 2^-24, which rint rounds to even.
      return (short) (sign | (int) Math.rint(magnitude * 0x1p24));
    }
    int bits = word & 0x7fffffff;
    int rounded = bits + 0xfff + ((bits >> FRACTION_DIFFERENCE) & 1);
    int rebased = rounded - ((FLOAT_EXPONENT_BIAS - HALF_EXPONENT_BIAS) << 23);
    return (short) (sign | (rebased >> FRACTION_DIFFERENCE));
  }
}
