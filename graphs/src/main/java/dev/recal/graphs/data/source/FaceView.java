package dev.recal.graphs.data.source;

import dev.recal.graphs.data.SplitMix64;

/**
 * What one image of a drawn identity has of its own.
 *
 * @param pose place and direction of the face
 * @param expression of eyes, brows and mouth
 * @param light on the face
 * @param scenery behind and in front of the face
 * @param seed of the noise
 */
record FaceView(Pose pose, Expression expression, Light light, Scenery scenery, long seed) {

  /**
   * Where the face is.
   *
   * @param roll angle in the image
   * @param scale of the face, 1 for an aligned one
   * @param x of the centre, from that of an aligned face, in halves of a face's height
   * @param y likewise
   * @param yaw angle to the side
   * @param pitch angle upwards
   */
  record Pose(double roll, double scale, double x, double y, double yaw, double pitch) {}

  /** How much the mouth smiles and opens, the brows are raised and the eyes closed. */
  record Expression(double smile, double open, double raised, double closed) {}

  /**
   * The light.
   *
   * @param gain of red, green and blue
   * @param gradient of the brightness over half a face's height
   * @param direction of the gradient
   * @param saturation 0 for grey
   * @param grain largest deviation of a value by noise, at 112×112 pixels
   * @param blurred whether the image is out of focus
   */
  record Light(
      double[] gain,
      double gradient,
      double direction,
      double saturation,
      double grain,
      boolean blurred) {}

  /**
   * What is not the face.
   *
   * @param above colour of the background
   * @param below colour of the background
   * @param clothes their colour
   * @param glasses whether the face wears any
   * @param object radius of a disc in front of the face; 0 for none
   * @param objectX its centre
   * @param objectY its centre
   */
  record Scenery(
      double[] above,
      double[] below,
      double[] clothes,
      boolean glasses,
      double object,
      double objectX,
      double objectY) {}

  /**
   * Draws lots for an image.
   *
   * @param movement factor of roll, scale and place, which alignment undoes
   */
  static FaceView random(SplitMix64 random, double movement) {
    Pose pose =
        new Pose(
            movement * random.uniform(-0.12, 0.12),
            Math.exp(movement * random.uniform(-0.08, 0.08)),
            movement * random.uniform(-0.08, 0.08),
            movement * random.uniform(-0.08, 0.08),
            random.uniform(-0.3, 0.3),
            random.uniform(-0.15, 0.15));
    Expression expression =
        new Expression(
            random.uniform(-0.05, 0.12),
            Math.max(0, random.uniform(-0.12, 0.1)),
            random.uniform(-0.03, 0.06),
            Math.max(0, random.uniform(-0.6, 0.7)));
    double brightness = random.uniform(0.65, 1.2);
    double[] gain = new double[3];
    for (int channel = 0; channel < 3; channel++) {
      gain[channel] = brightness * random.uniform(0.85, 1.15);
    }
    Light light =
        new Light(
            gain,
            random.uniform(0, 0.35),
            random.uniform(0, 2 * Math.PI),
            random.uniform(0.5, 1.1),
            random.uniform(0.01, 0.09),
            random.nextDouble() < 0.3);
    double object = random.nextDouble() < 0.15 ? random.uniform(0.15, 0.35) : 0;
    Scenery scenery =
        new Scenery(
            colour(random),
            colour(random),
            colour(random),
            random.nextDouble() < 0.1,
            object,
            random.uniform(-1, 1),
            random.uniform(-1, 1));
    return new FaceView(pose, expression, light, scenery, random.nextLong());
  }

  private static double[] colour(SplitMix64 random) {
    return new double[] {random.nextDouble(), random.nextDouble(), random.nextDouble()};
  }
}
