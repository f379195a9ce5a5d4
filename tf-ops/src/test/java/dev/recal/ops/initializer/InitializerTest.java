package dev.recal.ops.initializer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import org.tensorflow.Graph;
import org.tensorflow.Session;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

class InitializerTest {

  private static final Shape KERNEL = Shape.of(3, 3, 20, 80);

  private static float[] values(Initializer initializer, Shape shape, long seed) {
    try (Graph graph = new Graph();
        Session session = new Session(graph)) {
      var operand = initializer.values(Ops.create(graph), shape, seed);
      try (var result = session.runner().fetch(operand).run()) {
        TFloat32 tensor = (TFloat32) result.get(0);
        assertThat(tensor.shape()).isEqualTo(shape);
        float[] array = new float[(int) tensor.size()];
        tensor.asRawTensor().data().asFloats().read(array);
        return array;
      }
    }
  }

  private static double mean(float[] values) {
    double sum = 0;
    for (float value : values) {
      sum += value;
    }
    return sum / values.length;
  }

  private static double deviation(float[] values) {
    double mean = mean(values);
    double sum = 0;
    for (float value : values) {
      sum += (value - mean) * (value - mean);
    }
    return Math.sqrt(sum / values.length);
  }

  private static double largest(float[] values) {
    double largest = 0;
    for (float value : values) {
      largest = Math.max(largest, Math.abs(value));
    }
    return largest;
  }

  @Test
  void scalesByTheFan() {
    check(VarianceScaling.heNormalFanOut(), Math.sqrt(2. / (9 * 80)));
    check(VarianceScaling.heNormalFanIn(), Math.sqrt(2. / (9 * 20)));
    check(VarianceScaling.glorotUniform(), Math.sqrt(2. / (9 * 100)));
    check(VarianceScaling.uniformFanIn(), Math.sqrt(1. / 3 / (9 * 20)));
  }

  private static void check(Initializer initializer, double deviation) {
    float[] values = values(initializer, KERNEL, 4);
    assertThat(deviation(values)).isCloseTo(deviation, within(0.02 * deviation));
    assertThat(mean(values)).isCloseTo(0, within(0.03 * deviation));
    assertThat(values(initializer, KERNEL, 4)).isEqualTo(values);
    assertThat(values(initializer, KERNEL, 5)).isNotEqualTo(values);
  }

  @Test
  void staysInsideItsBounds() {
    float[] uniform = values(VarianceScaling.uniformFanIn(), Shape.of(64, 1000), 1);
    assertThat(largest(uniform)).isBetween(0.124, 0.125);
    float[] truncated = values(new TruncatedNormal(0f, 0.5f), KERNEL, 1);
    assertThat(largest(truncated)).isBetween(0.99, 1.0);
    float[] normal = values(new Normal(3f, 0.5f), KERNEL, 1);
    assertThat(mean(normal)).isCloseTo(3, within(0.02));
    assertThat(largest(normal)).isGreaterThan(4.2);
    assertThat(values(new Constant(7f), Shape.of(2, 2), 1)).containsOnly(7f);
  }

  @Test
  void rejectsInvalidDistributions() {
    assertThatThrownBy(() -> new Normal(0f, -1f)).hasMessageContaining("deviation");
    assertThatThrownBy(() -> new Uniform(1f, 0f)).hasMessageContaining("minimum");
    assertThatThrownBy(() -> values(VarianceScaling.heNormalFanIn(), Shape.of(3), 1))
        .hasMessageContaining("rank 2");
  }
}
