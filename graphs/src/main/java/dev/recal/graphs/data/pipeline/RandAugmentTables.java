package dev.recal.graphs.data.pipeline;

import dev.recal.graphs.data.pipeline.RandAugmentGraph.Operation;
import java.util.function.ToDoubleBiFunction;

/**
 * What the operations of {@link RandAugment} do at one strength and image size: a row for each
 * operation with a positive magnitude, then for each with a negative one. Magnitudes without a sign
 * have the same rows twice.
 */
final class RandAugmentTables {
  private static final double MAX_SHEAR = 0.3;
  private static final double MAX_TRANSLATION = 150.0 / 331;
  private static final double MAX_ROTATION = Math.toRadians(30);
  private static final double MAX_BLEND = 0.9;
  private static final int MAX_BITS = 4;

  private final RandAugment settings;
  private final int height;
  private final int width;

  RandAugmentTables(RandAugment settings, int height, int width) {
    this.settings = settings;
    this.height = height;
    this.width = width;
  }

  private float[] column(ToDoubleBiFunction<Operation, Integer> value) {
    Operation[] operations = Operation.values();
    float[] column = new float[2 * operations.length];
    for (int i = 0; i < column.length; i++) {
      int sign = i < operations.length ? 1 : -1;
      column[i] = (float) value.applyAsDouble(operations[i % operations.length], sign);
    }
    return column;
  }

  /**
   * From a place in the result to the place that is read, in indices of pixels: 8 numbers a row, as
   * {@code ImageProjectiveTransformV3} takes them. A pixel's centre is half a pixel from its
   * corner.
   */
  float[] transforms() {
    Operation[] operations = Operation.values();
    float[] all = new float[2 * operations.length * 8];
    for (int i = 0; i < 2 * operations.length; i++) {
      int sign = i < operations.length ? 1 : -1;
      double[] row = transform(operations[i % operations.length], sign * settings.share());
      for (int k = 0; k < row.length; k++) {
        all[8 * i + k] = (float) row[k];
      }
    }
    return all;
  }

  private double[] transform(Operation operation, double share) {
    return switch (operation) {
      case SHEAR_X -> {
        double shear = MAX_SHEAR * share;
        yield new double[] {1, shear, shear / 2, 0, 1, 0, 0, 0};
      }
      case SHEAR_Y -> {
        double shear = MAX_SHEAR * share;
        yield new double[] {1, 0, 0, shear, 1, shear / 2, 0, 0};
      }
      case TRANSLATE_X -> {
        double shift = (int) (MAX_TRANSLATION * width * share);
        yield new double[] {1, 0, -shift, 0, 1, 0, 0, 0};
      }
      case TRANSLATE_Y -> {
        double shift = (int) (MAX_TRANSLATION * height * share);
        yield new double[] {1, 0, 0, 0, 1, -shift, 0, 0};
      }
      case ROTATE -> {
        double cos = Math.cos(MAX_ROTATION * share);
        double sin = Math.sin(MAX_ROTATION * share);
        double x = (width - 1) / 2.0;
        double y = (height - 1) / 2.0;
        yield new double[] {
          cos, -sin, x - cos * x + sin * y, sin, cos, y - sin * x - cos * y, 0, 0
        };
      }
      default -> new double[] {1, 0, 0, 0, 1, 0, 0, 0};
    };
  }

  private double blend(int sign) {
    return 1 + sign * MAX_BLEND * settings.share();
  }

  /** By what a value is multiplied, except in autocontrast. */
  float[] factors() {
    return column(
        (operation, sign) ->
            operation == Operation.BRIGHTNESS || operation == Operation.CONTRAST ? blend(sign) : 1);
  }

  /** The share of the mean grey in a value. */
  float[] contrastRests() {
    return column((operation, sign) -> operation == Operation.CONTRAST ? 1 - blend(sign) : 0);
  }

  /** The share of the image itself, where it is blended with a degenerate image. */
  float[] blends() {
    return column(
        (operation, sign) ->
            operation == Operation.COLOUR || operation == Operation.SHARPNESS ? blend(sign) : 1);
  }

  /** The share of the degenerate image. */
  float[] blendRests() {
    return column(
        (operation, sign) ->
            operation == Operation.COLOUR || operation == Operation.SHARPNESS
                ? 1 - blend(sign)
                : 0);
  }

  /** 1 for autocontrast. */
  float[] stretches() {
    return column((operation, sign) -> operation == Operation.AUTO_CONTRAST ? 1 : 0);
  }

  /** 1 for equalize. */
  float[] equalizes() {
    return column((operation, sign) -> operation == Operation.EQUALIZE ? 1 : 0);
  }

  /** 1 for sharpness, whose degenerate image is smoothed and not grey. */
  float[] sharpens() {
    return column((operation, sign) -> operation == Operation.SHARPNESS ? 1 : 0);
  }

  /** What becomes of each of 256 values in posterize and solarize. */
  float[] values() {
    Operation[] operations = Operation.values();
    float[] all = new float[2 * operations.length * 256];
    int bits = 8 - (int) Math.rint(MAX_BITS * settings.share());
    int mask = 0xff & -(1 << (8 - bits));
    double threshold = 255 * (1 - settings.share());
    for (int i = 0; i < 2 * operations.length; i++) {
      for (int value = 0; value < 256; value++) {
        all[256 * i + value] =
            switch (operations[i % operations.length]) {
              case POSTERIZE -> value & mask;
              case SOLARIZE -> value >= threshold ? 255 - value : value;
              default -> value;
            };
      }
    }
    return all;
  }

  /** The values 0 to 255. */
  static float[] identity() {
    float[] values = new float[256];
    for (int i = 0; i < values.length; i++) {
      values[i] = i;
    }
    return values;
  }
}
