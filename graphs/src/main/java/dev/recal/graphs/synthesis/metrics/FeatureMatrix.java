package dev.recal.graphs.synthesis.metrics;

import java.util.List;
import java.util.Locale;
import java.util.Objects;

/**
 * Features of images in double precision, one row per image.
 *
 * @param count number of images
 * @param dimensions number of features of an image
 * @param values row-major; not copied
 */
public record FeatureMatrix(int count, int dimensions, double[] values) {

  /** Rejects a wrong number of values, and values that are not finite. */
  public FeatureMatrix {
    Objects.requireNonNull(values, "values");
    if (count < 1 || dimensions < 1) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "count and dimensions: expected at least 1, but got %d and %d.",
              count,
              dimensions));
    }
    if ((long) count * dimensions != values.length) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "values: %d images of %d features take %d values, but got %d.",
              count,
              dimensions,
              (long) count * dimensions,
              values.length));
    }
    for (int i = 0; i < values.length; i++) {
      if (!Double.isFinite(values[i])) {
        throw new IllegalArgumentException(
            String.format(
                Locale.ROOT,
                "values: expected finite numbers, but feature %d of image %d (both counted from 0)"
                    + " is %s.",
                i % dimensions,
                i / dimensions,
                values[i]));
      }
    }
  }

  /** Widens float32 features. */
  public static FeatureMatrix of(int count, int dimensions, float[] values) {
    double[] wide = new double[values.length];
    for (int i = 0; i < wide.length; i++) {
      wide[i] = values[i];
    }
    return new FeatureMatrix(count, dimensions, wide);
  }

  /** Concatenates the rows of matrices with the same number of features. */
  static FeatureMatrix concatenate(List<FeatureMatrix> parts) {
    int dimensions = parts.get(0).dimensions;
    int count = 0;
    for (FeatureMatrix part : parts) {
      requireSameDimensions(parts.get(0), part);
      count += part.count;
    }
    double[] all = new double[Math.multiplyExact(count, dimensions)];
    int position = 0;
    for (FeatureMatrix part : parts) {
      System.arraycopy(part.values, 0, all, position, part.values.length);
      position += part.values.length;
    }
    return new FeatureMatrix(count, dimensions, all);
  }

  /** Returns a copy of some rows. */
  FeatureMatrix rows(int[] indices) {
    double[] chosen = new double[indices.length * dimensions];
    for (int i = 0; i < indices.length; i++) {
      System.arraycopy(values, indices[i] * dimensions, chosen, i * dimensions, dimensions);
    }
    return new FeatureMatrix(indices.length, dimensions, chosen);
  }

  /** Rejects features that cannot be compared. */
  static void requireSameDimensions(FeatureMatrix first, FeatureMatrix second) {
    requireSameDimensions(first.dimensions, second.dimensions);
  }

  static void requireSameDimensions(int first, int second) {
    if (first != second) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "features: expected the same number on both sides, but got %d and %d.",
              first,
              second));
    }
  }

  /** Rejects fewer images than a measure needs. */
  static void requireCount(String measure, long count, int least) {
    if (count < least) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "images: %s needs at least %d images on each side, but got %d.",
              measure,
              least,
              count));
    }
  }
}
