package dev.recal.ops.conv;

/** The padding of a window at the border of a map. */
public sealed interface Padding {

  /** TensorFlow's SAME: ceil(size / stride) outputs; the odd pixel goes to the bottom and right. */
  Padding SAME = Rule.SAME;

  /** No padding. */
  Padding VALID = Rule.VALID;

  /**
   * dilation · (kernel − 1) / 2 pixels on every side: the usual padding in PyTorch. Equal to SAME
   * at stride 1, shifted by a pixel from it at stride 2.
   */
  Padding CENTRED = Rule.CENTRED;

  /**
   * As many pixels as {@link #CENTRED}, mirrored at the border, whose own pixels are not repeated:
   * PyTorch's {@code ReflectionPad2d}. A map needs more rows and columns than are added on a side.
   */
  Padding REFLECTED = Rule.REFLECTED;

  /** The same number of pixels on every side. */
  static Padding pixels(int pixels) {
    return new Pixels(pixels);
  }

  /** The paddings without a number. */
  enum Rule implements Padding {
    /** See {@link Padding#SAME}. */
    SAME,
    /** See {@link Padding#VALID}. */
    VALID,
    /** See {@link Padding#CENTRED}. */
    CENTRED,
    /** See {@link Padding#REFLECTED}. */
    REFLECTED;

    @Override
    public int[] along(int kernel, int stride, int dilation) {
      int reach = dilation * (kernel - 1);
      return switch (this) {
        case VALID -> new int[] {0, 0};
        case CENTRED, REFLECTED -> new int[] {reach / 2, reach - reach / 2};
        case SAME -> stride == 1 ? new int[] {reach / 2, reach - reach / 2} : null;
      };
    }
  }

  /**
   * A number of pixels on every side.
   *
   * @param pixels not negative
   */
  record Pixels(int pixels) implements Padding {
    /** Rejects negative numbers. */
    public Pixels {
      if (pixels < 0) {
        throw new IllegalArgumentException(
            "padding: expected at least 0 pixels, but got " + pixels + ".");
      }
    }

    @Override
    public int[] along(int kernel, int stride, int dilation) {
      return new int[] {pixels, pixels};
    }
  }

  /**
   * Returns the padding before and after along one dimension, or null for TensorFlow's own SAME.
   *
   * <p>Not a default method: those would make Java initialise this interface, with its constants,
   * before {@link Rule}, which the constants need.
   *
   * @param kernel the window's size
   * @param stride its step
   * @param dilation the distance between its taps
   */
  int[] along(int kernel, int stride, int dilation);
}
