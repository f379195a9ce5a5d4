package dev.recal.ops.gradient;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.function.ToDoubleFunction;

/**
 * A gradient along a random direction compared with central differences of the loss, for tests of
 * layers.
 *
 * <p>A step may cross the kink of a ReLU, where the difference is not the derivative; a smaller one
 * does not. A wrong gradient is wrong at every step.
 *
 * @param name what was moved, for messages
 * @param gradient the derivative along the direction, by the gradient
 * @param differences (loss(x + h d) − loss(x − h d)) / 2h for smaller and smaller h, up to the
 *     first that agrees
 * @param tolerance how far a difference may be from the derivative: 1 % of the gradient's norm, and
 *     5e-3 for the rounding of float32
 */
public record NumericGradient(
    String name, double gradient, List<Double> differences, double tolerance) {

  private static final float[] STEPS = {1e-3f, 3e-4f, 1e-4f};
  private static final int DIRECTIONS = 2;
  private static final long SEED = 23;

  /** Copies the differences. */
  public NumericGradient {
    Objects.requireNonNull(name, "name");
    differences = List.copyOf(differences);
  }

  /**
   * Compares a gradient with differences along two directions from N(0, 1), the same in every call.
   *
   * @param name what is moved, for messages
   * @param point where the gradient was taken, row-major
   * @param gradient of the loss at the point, of as many values
   * @param loss the scalar at any point
   * @throws IllegalArgumentException if point and gradient have different lengths
   */
  public static List<NumericGradient> compare(
      String name, float[] point, float[] gradient, ToDoubleFunction<float[]> loss) {
    if (gradient.length != point.length) {
      throw new IllegalArgumentException(
          "gradient: expected the "
              + point.length
              + " values of "
              + name
              + ", but got "
              + gradient.length
              + ".");
    }
    Random random = new Random(SEED);
    double squares = 0;
    for (float value : gradient) {
      squares += (double) value * value;
    }
    double tolerance = 1e-2 * Math.sqrt(squares) + 5e-3;
    List<NumericGradient> compared = new ArrayList<>();
    for (int i = 0; i < DIRECTIONS; i++) {
      float[] direction = new float[point.length];
      double along = 0;
      for (int j = 0; j < direction.length; j++) {
        direction[j] = (float) random.nextGaussian();
        along += (double) gradient[j] * direction[j];
      }
      List<Double> differences = differences(point, direction, loss, along, tolerance);
      compared.add(new NumericGradient(name, along, differences, tolerance));
    }
    return compared;
  }

  private static List<Double> differences(
      float[] point,
      float[] direction,
      ToDoubleFunction<float[]> loss,
      double along,
      double tolerance) {
    List<Double> differences = new ArrayList<>();
    for (float step : STEPS) {
      double above = loss.applyAsDouble(moved(point, direction, step));
      double below = loss.applyAsDouble(moved(point, direction, -step));
      double difference = (above - below) / (2 * step);
      differences.add(difference);
      if (Math.abs(difference - along) <= tolerance) {
        break;
      }
    }
    return differences;
  }

  private static float[] moved(float[] point, float[] direction, float step) {
    float[] moved = new float[point.length];
    for (int i = 0; i < point.length; i++) {
      moved[i] = point[i] + step * direction[i];
    }
    return moved;
  }

  /** Returns whether a difference agrees with the gradient; false for NaN. */
  public boolean agrees() {
    return differences.stream()
        .anyMatch(difference -> Math.abs(difference - gradient) <= tolerance);
  }
}
