package dev.recal.graphs.data.source;

import dev.recal.graphs.data.SplitMix64;
import java.util.List;
import java.util.stream.IntStream;

/**
 * The style of a class of textures. A texture is a sum of plane waves of random phase (a random
 * field with a chosen spectrum), transformed by a curve, mapped to three channels with a
 * configurable correlation, with grain added.
 *
 * @param name of the class
 * @param cycles mean spatial frequency, in cycles over 32 pixels
 * @param spread how far frequencies scatter about it, in octaves
 * @param direction of the waves in degrees, 0 for vertical stripes
 * @param scatter how far directions scatter about it in degrees; 90 for none preferred
 * @param bend 0 for a smooth field; positive sharpens it to two tones; negative folds it to ridges
 * @param contrast standard deviation of a channel, full range being 1
 * @param together share of a channel's variance that all channels have in common, 0–1
 * @param grain standard deviation of independent noise on each pixel
 * @param tint what each channel is shifted by, times a common brightness
 */
record TextureStyle(
    String name,
    double cycles,
    double spread,
    double direction,
    double scatter,
    double bend,
    double contrast,
    double together,
    double grain,
    List<Double> tint) {

  /** Incremented whenever the same settings generate other pixels. */
  static final int VERSION = 1;

  /** In alphabetical order. */
  static final List<TextureStyle> ALL =
      List.of(
          style("canvas", 6.0, 0.4, 0, 90, 0.0, 0.13, 0.90, 0.05, 0.05, 0.02, -0.07),
          style("cloud", 1.5, 0.6, 0, 90, 0.0, 0.16, 0.85, 0.02, -0.04, 0.00, 0.05),
          style("coal", 4.5, 0.8, 0, 90, -1.0, 0.13, 0.90, 0.07, -0.02, -0.01, 0.03),
          style("felt", 3.0, 0.8, 0, 90, 0.0, 0.09, 0.45, 0.10, 0.04, -0.05, 0.02),
          style("grass", 5.0, 0.5, 0, 22, 0.5, 0.14, 0.75, 0.05, -0.04, 0.06, -0.05),
          style("marble", 2.0, 0.6, 40, 35, -1.0, 0.16, 0.80, 0.02, 0.02, 0.00, 0.00),
          style("opal", 2.5, 0.5, 0, 90, 0.0, 0.14, 0.25, 0.03, 0.00, 0.02, 0.04),
          style("rust", 3.5, 0.7, 0, 90, 1.5, 0.14, 0.60, 0.06, 0.08, -0.02, -0.08),
          style("sand", 8.0, 0.4, 0, 90, 0.0, 0.08, 0.85, 0.09, 0.06, 0.03, -0.06),
          style("wood", 3.5, 0.5, 90, 15, 0.5, 0.13, 0.90, 0.05, 0.07, 0.01, -0.06));

  /** The names of what {@link #attributes} has indices of. */
  static final List<String> ATTRIBUTES = List.of("coloured", "fine", "grainy", "striped");

  private static final int WAVES = 14;

  private static TextureStyle style(
      String name,
      double cycles,
      double spread,
      double direction,
      double scatter,
      double bend,
      double contrast,
      double together,
      double grain,
      double red,
      double green,
      double blue) {
    return new TextureStyle(
        name,
        cycles,
        spread,
        direction,
        scatter,
        bend,
        contrast,
        together,
        grain,
        List.of(red, green, blue));
  }

  /** Returns the indices of its {@link #ATTRIBUTES}; none for a smooth, grey, coarse style. */
  int[] attributes() {
    boolean[] has = {together < 0.7, cycles > 4, grain >= 0.05, scatter < 90};
    return IntStream.range(0, has.length).filter(i -> has[i]).toArray();
  }

  /** Generates one texture: size×size×3 bytes, interleaved. */
  byte[] draw(int size, SplitMix64 random) {
    double zoom = Math.pow(2, random.uniform(-0.45, 0.45));
    double turn = random.uniform(-20, 20);
    double strength = contrast * Math.pow(2, random.uniform(-0.6, 0.6));
    double noise = grain * Math.pow(2, random.uniform(-0.6, 0.6));
    double brightness = random.uniform(0.3, 0.7);
    double share = Math.min(1, Math.max(0, together + random.uniform(-0.15, 0.15)));

    float[] common = field(size, zoom, turn, random);
    float[][] own = new float[3][];
    double[] level = new double[3];
    for (int channel = 0; channel < 3; channel++) {
      own[channel] = field(size, zoom, turn, random);
      level[channel] = brightness + tint.get(channel) + random.uniform(-0.1, 0.1);
    }
    double shared = Math.sqrt(share);
    double rest = Math.sqrt(1 - share);
    byte[] bytes = new byte[size * size * 3];
    for (int i = 0; i < common.length; i++) {
      for (int channel = 0; channel < 3; channel++) {
        double value =
            level[channel]
                + strength * (shared * common[i] + rest * own[channel][i])
                + noise * random.nextGaussian();
        bytes[3 * i + channel] = (byte) Math.round(255 * Math.max(0, Math.min(1, value)));
      }
    }
    return bytes;
  }

  /** A random field of mean 0 and standard deviation 1. */
  private float[] field(int size, double zoom, double turn, SplitMix64 random) {
    double[] sum = new double[size * size];
    for (int wave = 0; wave < WAVES; wave++) {
      double frequency = cycles * zoom * Math.pow(2, spread * random.nextGaussian()) / 32;
      // Beyond half a cycle per pixel a wave would alias to a slower one.
      double pace = 2 * Math.PI * Math.min(frequency, 0.45);
      double angle = Math.toRadians(direction + turn + scatter * random.uniform(-1, 1));
      addWave(sum, size, pace * Math.cos(angle), pace * Math.sin(angle), random);
    }
    double scale = 1 / Math.sqrt(WAVES / 2.0);
    float[] field = new float[sum.length];
    for (int i = 0; i < sum.length; i++) {
      field[i] = (float) distorted(sum[i] * scale);
    }
    return standardised(field);
  }

  private static void addWave(
      double[] sum, int size, double stepX, double stepY, SplitMix64 random) {
    double phase = random.uniform(0, 2 * Math.PI);
    double[] cosX = new double[size];
    double[] sinX = new double[size];
    for (int x = 0; x < size; x++) {
      cosX[x] = Math.cos(stepX * x);
      sinX[x] = Math.sin(stepX * x);
    }
    for (int y = 0; y < size; y++) {
      double cosY = Math.cos(stepY * y + phase);
      double sinY = Math.sin(stepY * y + phase);
      for (int x = 0; x < size; x++) {
        sum[y * size + x] += cosX[x] * cosY - sinX[x] * sinY;
      }
    }
  }

  private double distorted(double value) {
    if (bend > 0) {
      return Math.tanh(2 * bend * value);
    }
    return bend < 0 ? value * (1 + bend) + bend * Math.abs(value) : value;
  }

  private static float[] standardised(float[] field) {
    double sum = 0;
    double squares = 0;
    for (float value : field) {
      sum += value;
      squares += value * value;
    }
    double mean = sum / field.length;
    double deviation = Math.sqrt(Math.max(1e-12, squares / field.length - mean * mean));
    for (int i = 0; i < field.length; i++) {
      field[i] = (float) ((field[i] - mean) / deviation);
    }
    return field;
  }
}
