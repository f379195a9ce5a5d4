package dev.recal.graphs.data.source;

import dev.recal.graphs.data.SplitMix64;

/**
 * The colours of a drawn shape: a pattern of two, with grain.
 *
 * @param pattern how they are distributed
 * @param first red, green and blue, 0–1
 * @param second red, green and blue, 0–1
 * @param cycles of the pattern in a radius of the shape
 * @param grain largest deviation of a pixel
 */
record ShapePaint(Pattern pattern, double[] first, double[] second, double cycles, double grain) {

  /** How two colours are distributed. */
  enum Pattern {
    /** The first colour only. */
    PLAIN,
    /** Parallel stripes. */
    STRIPES,
    /** Squares in turn. */
    CHECKS,
    /** From one colour to the other. */
    GRADIENT
  }

  static ShapePaint random(SplitMix64 random) {
    Pattern[] patterns = Pattern.values();
    Pattern pattern = patterns[random.nextInt(patterns.length)];
    double hue = random.uniform(0, 6);
    return new ShapePaint(
        pattern,
        colour(hue, random),
        colour(hue + random.uniform(1, 5), random),
        random.uniform(0.7, 1.5),
        random.uniform(0.01, 0.08));
  }

  /** A rather saturated colour; most textures are not. */
  private static double[] colour(double hue, SplitMix64 random) {
    double saturation = random.uniform(0.5, 1);
    double value = random.uniform(0.45, 1);
    double[] rgb = new double[3];
    for (int channel = 0; channel < 3; channel++) {
      double sector = (hue + 5 - 2 * channel) % 6;
      double distance = Math.max(0, Math.min(1, Math.min(sector, 4 - sector)));
      rgb[channel] = value * (1 - saturation * distance);
    }
    return rgb;
  }

  /**
   * The colour at a place.
   *
   * @param x from the centre of the shape, in radii
   * @param y from the centre of the shape, in radii
   * @param noise −1 to 1
   * @param rgb receives red, green and blue, 0–1
   */
  void colour(double x, double y, double noise, double[] rgb) {
    double share = share(x, y);
    for (int channel = 0; channel < 3; channel++) {
      double value = first[channel] + share * (second[channel] - first[channel]);
      rgb[channel] = Math.max(0, Math.min(1, value + grain * noise));
    }
  }

  /** The share of the second colour. */
  private double share(double x, double y) {
    return switch (pattern) {
      case PLAIN -> 0;
      case STRIPES -> smoothStep(wave(y));
      case CHECKS -> smoothStep(wave(x) * wave(y));
      case GRADIENT -> (1 + Math.max(-1, Math.min(1, y))) / 2;
    };
  }

  private double wave(double place) {
    return Math.sin(2 * Math.PI * cycles * place);
  }

  private static double smoothStep(double value) {
    return Math.max(0, Math.min(1, 0.5 + 3 * value));
  }
}
