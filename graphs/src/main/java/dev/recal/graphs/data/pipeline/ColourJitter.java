package dev.recal.graphs.data.pipeline;

/**
 * Random brightness, contrast and saturation, in this order. Each factor is sampled uniformly from
 * max(0, 1 − strength) … 1 + strength, once per image; results are clipped to 0–1. The arithmetic
 * is that of torchvision's {@code ColorJitter}, which however shuffles the order and also changes
 * the hue.
 *
 * @param brightness strength of the change of brightness, 0 for none
 * @param contrast strength of the change of contrast about the image's mean grey
 * @param saturation strength of the change of saturation about each pixel's grey
 */
public record ColourJitter(double brightness, double contrast, double saturation) {
  /** No jitter. */
  public static final ColourJitter NONE = new ColourJitter(0, 0, 0);

  public ColourJitter {
    require("brightness", brightness);
    require("contrast", contrast);
    require("saturation", saturation);
  }

  /** No jitter. */
  public static ColourJitter defaults() {
    return NONE;
  }

  /** Whether images are unchanged. */
  public boolean isNone() {
    return brightness == 0 && contrast == 0 && saturation == 0;
  }

  private static void require(String name, double strength) {
    if (!(strength >= 0 && strength < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException(
          name + ": expected a finite strength of at least 0, but got " + strength + ".");
    }
  }
}
