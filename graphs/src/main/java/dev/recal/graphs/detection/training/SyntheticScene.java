package dev.recal.graphs.detection.training;

import dev.recal.ops.Arguments;
import java.util.Random;

/**
 * Images of noise and the same objects in each, for benchmarks: ellipses with sides of 0.1 to 0.3
 * of the shorter side of the image. Equal arguments give equal scenes.
 *
 * @param images how many
 * @param height of each in pixels
 * @param width of each in pixels
 * @param objects in each
 */
public record SyntheticScene(int images, int height, int width, int objects) {

  private static final int SMALLEST = 64;

  /** Rejects counts below 1 and sides below 64. */
  public SyntheticScene {
    Arguments.atLeast(1, "images", images);
    Arguments.atLeast(SMALLEST, "height", height);
    Arguments.atLeast(SMALLEST, "width", width);
    Arguments.atLeast(1, "objects", objects);
  }

  /** Returns the pixels, (images, height, width, 3) from 0 to 1. */
  float[] pixels() {
    float[] values = new float[Math.multiplyExact(images * 3, height * width)];
    Random random = new Random(1);
    for (int i = 0; i < values.length; i++) {
      values[i] = random.nextFloat();
    }
    return values;
  }

  /** Returns top, left, bottom and right of each object, (images, objects, 4). */
  float[] boxes() {
    float[] values = new float[images * objects * 4];
    for (int i = 0; i < images * objects; i++) {
      double[] box = box(i % objects);
      for (int j = 0; j < 4; j++) {
        values[4 * i + j] = (float) box[j];
      }
    }
    return values;
  }

  /** Returns a class of each object, (images, objects). */
  int[] labels(int classes) {
    int[] values = new int[images * objects];
    for (int i = 0; i < values.length; i++) {
      values[i] = (i % objects) * 10 % classes;
    }
    return values;
  }

  /** Returns the ellipses, (images, objects, height, width), 1 on the object. */
  byte[] masks() {
    int pixels = height * width;
    byte[] values = new byte[Math.multiplyExact(images * objects, pixels)];
    for (int i = 0; i < images * objects; i++) {
      draw(box(i % objects), values, i * pixels);
    }
    return values;
  }

  private void draw(double[] box, byte[] values, int start) {
    for (int y = (int) box[0]; y < box[2]; y++) {
      double v = 2 * (y + 0.5 - box[0]) / (box[2] - box[0]) - 1;
      for (int x = (int) box[1]; x < box[3]; x++) {
        double u = 2 * (x + 0.5 - box[1]) / (box[3] - box[1]) - 1;
        values[start + y * width + x] = (byte) (u * u + v * v < 1 ? 1 : 0);
      }
    }
  }

  private double[] box(int object) {
    int shorter = Math.min(height, width);
    double h = shorter * (0.1 + 0.2 * share(object, 2));
    double w = shorter * (0.1 + 0.2 * share(object, 3));
    double top = share(object, 5) * (height - h);
    double left = share(object, 7) * (width - w);
    return new double[] {top, left, top + h, left + w};
  }

  // Evenly spread from 0 to 1.
  private static double share(int i, int number) {
    double multiple = (i + 0.5) * Math.sqrt(number);
    return multiple - Math.floor(multiple);
  }
}
