package dev.recal.graphs.data.source;

import dev.recal.graphs.data.SplitMix64;

/**
 * What all images of a drawn identity have in common. Lengths are in halves of a face's height,
 * from its centre; angles are in radians; colours are red, green and blue in 0–1.
 *
 * @param skin colour
 * @param hair colour, also of brows and beard
 * @param iris colour
 * @param lips colour
 * @param outline of the face
 * @param eyes and brows
 * @param mouth and nose
 * @param style of the hair, and marks
 */
record FaceTraits(
    double[] skin,
    double[] hair,
    double[] iris,
    double[] lips,
    Outline outline,
    Eyes eyes,
    Mouth mouth,
    Style style) {

  private static final double[] LIGHT_SKIN = {0.95, 0.80, 0.70};
  private static final double[] DARK_SKIN = {0.42, 0.28, 0.20};
  private static final double[][] HAIR = {
    {0.08, 0.07, 0.07}, {0.34, 0.21, 0.12}, {0.80, 0.64, 0.38}, {0.52, 0.22, 0.10}, {0.6, 0.6, 0.6}
  };
  private static final double[][] IRIS = {
    {0.25, 0.14, 0.07}, {0.25, 0.42, 0.62}, {0.28, 0.45, 0.25}, {0.45, 0.45, 0.48}
  };
  private static final double[] RED = {0.72, 0.25, 0.25};

  /** The outline: half its width, how much it narrows to the chin, how square it is, the ears. */
  record Outline(double width, double taper, double squareness, double ears) {}

  /** Places, sizes and angles of eyes and brows; spacing is half the distance of the eyes. */
  record Eyes(
      double spacing,
      double height,
      double size,
      double opening,
      double slant,
      double browHeight,
      double browThickness,
      double browSlant,
      double browLength) {}

  /** Places and sizes of the mouth and the nose, which is measured from the eyes down. */
  record Mouth(double height, double width, double fullness, double noseLength, double noseWidth) {}

  /** The hair: its line, volume, length, parting; how much of a beard; the place of a mole. */
  record Style(
      double hairline,
      double volume,
      double length,
      double parting,
      double beard,
      double moleX,
      double moleY) {}

  /**
   * Draws lots for an identity. Identities differ in the places and shapes of what is in a face
   * more than in their colours, which the light of an image changes.
   */
  static FaceTraits random(SplitMix64 random) {
    double[] skin = mix(LIGHT_SKIN, DARK_SKIN, random.uniform(0.05, 0.75));
    double[] hair = any(HAIR, random);
    double[] iris = any(IRIS, random);
    double[] lips = mix(skin, RED, random.uniform(0.3, 0.8));
    Outline outline =
        new Outline(
            random.uniform(0.60, 0.90),
            random.uniform(0.05, 0.45),
            random.uniform(0.0, 0.5),
            random.uniform(0.05, 0.19));
    Eyes eyes =
        new Eyes(
            random.uniform(0.29, 0.49),
            random.uniform(-0.40, -0.16),
            random.uniform(0.11, 0.21),
            random.uniform(0.36, 0.85),
            random.uniform(-0.32, 0.32),
            random.uniform(0.17, 0.36),
            random.uniform(0.022, 0.075),
            random.uniform(-0.42, 0.42),
            random.uniform(0.12, 0.26));
    Mouth mouth =
        new Mouth(
            random.uniform(0.49, 0.73),
            random.uniform(0.17, 0.43),
            random.uniform(0.04, 0.14),
            random.uniform(0.36, 0.64),
            random.uniform(0.08, 0.22));
    Style style =
        new Style(
            random.uniform(-0.9, -0.5),
            random.uniform(0.03, 0.30),
            random.uniform(-0.3, 0.9),
            random.uniform(-0.6, 0.6),
            Math.max(0, random.uniform(-0.8, 0.7)),
            random.uniform(-0.5, 0.5),
            random.uniform(0.05, 0.8));
    return new FaceTraits(skin, hair, iris, lips, outline, eyes, mouth, style);
  }

  private static double[] any(double[][] palette, SplitMix64 random) {
    double[] one = palette[random.nextInt(palette.length)];
    double[] other = palette[random.nextInt(palette.length)];
    return mix(one, other, random.uniform(0, 0.5));
  }

  /** Returns a colour between two. */
  static double[] mix(double[] from, double[] to, double share) {
    double[] mixed = new double[3];
    for (int channel = 0; channel < 3; channel++) {
      mixed[channel] = from[channel] + share * (to[channel] - from[channel]);
    }
    return mixed;
  }
}
