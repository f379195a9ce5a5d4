package dev.recal.ops.norm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.recal.ops.GraphScope;
import dev.recal.ops.gradient.Gradients;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Output;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TFloat64;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.family.TNumber;

/** Gradients of a batch norm's gradient, against plain operations in double precision. */
class BatchNormPassTest {

  private static final float EPSILON = 1e-3f;

  @ParameterizedTest
  @CsvSource({"1, 5, 7, 3, 0", "2, 16, 9, 20, 3", "1, 1, 2, 5, 0"})
  void secondOrderGradientsAreThoseOfTheFormula(
      int samples, int height, int width, int channels, float shift) {
    Shape shape = Shape.of(samples, height, width, channels);
    try (Graph graph = new Graph();
        Session session = new Session(graph)) {
      Ops tf = GraphScope.ops(graph);
      Operand<TFloat32> x = random(tf, shape, 1, shift);
      Operand<TFloat32> dy = random(tf, shape, 2, 0.3f);
      Operand<TFloat32> weights = random(tf, shape, 3, 0.1f);
      Operand<TFloat32> scale = random(tf, Shape.of(channels), 4, 1);
      Operand<TFloat32> offset = random(tf, Shape.of(channels), 5, 0);
      BatchNormPass pass = BatchNormPass.of(tf, x, scale, offset, EPSILON);
      Operand<TFloat32> dx = pass.backward(tf, dy);
      // The map itself counts, too, so that both orders meet at x.
      Operand<TFloat32> loss =
          tf.math.add(
              total(tf, tf.math.mul(weights, tf.math.square(dx))),
              total(tf, tf.math.mul(weights, pass.y())));
      List<Operand<TFloat32>> found = new ArrayList<>(List.of(pass.y(), dx));
      found.addAll(Gradients.of(loss, List.of(dy, x, scale, offset)));

      List<Operand<?>> all = new ArrayList<>(found);
      all.addAll(expected(graph, tf, List.of(x, dy, weights, scale, offset)));
      Session.Runner runner = session.runner();
      all.forEach(runner::fetch);
      try (Result result = runner.run()) {
        for (int i = 0; i < found.size(); i++) {
          TFloat32 one = (TFloat32) result.get(i);
          TFloat64 other = (TFloat64) result.get(found.size() + i);
          assertThat(error(one, other)).as("value " + i).isCloseTo(0, within(2e-4));
        }
      }
    }
  }

  // The greatest difference, relative to the greatest value.
  private static double error(TFloat32 one, TFloat64 other) {
    double difference = 0;
    double greatest = 1e-3;
    float[] values = new float[(int) one.size()];
    one.asRawTensor().data().asFloats().read(values);
    double[] wanted = new double[(int) other.size()];
    other.asRawTensor().data().asDoubles().read(wanted);
    for (int i = 0; i < values.length; i++) {
      difference = Math.max(difference, Math.abs(values[i] - wanted[i]));
      greatest = Math.max(greatest, Math.abs(wanted[i]));
    }
    return difference / greatest;
  }

  private static List<Operand<TFloat64>> expected(
      Graph graph, Ops tf, List<Operand<TFloat32>> given) {
    List<Operand<TFloat64>> in = new ArrayList<>();
    given.forEach(value -> in.add(tf.dtypes.cast(value, TFloat64.class)));
    Operand<TFloat64> x = in.get(0);
    Operand<TFloat64> dy = in.get(1);
    Operand<TFloat64> weights = in.get(2);
    Operand<TFloat64> scale = in.get(3);
    Operand<TFloat64> offset = in.get(4);
    Operand<TInt32> axes = tf.constant(new int[] {0, 1, 2});
    Operand<TFloat64> centred = tf.math.sub(x, tf.math.mean(x, axes));
    Operand<TFloat64> variance = tf.math.mean(tf.math.square(centred), axes);
    Operand<TFloat64> root = tf.math.rsqrt(tf.math.add(variance, tf.constant((double) EPSILON)));
    Operand<TFloat64> y = tf.math.add(tf.math.mul(centred, tf.math.mul(root, scale)), offset);
    Operand<TFloat64> projected =
        tf.math.sub(
            tf.math.sub(dy, tf.math.mean(dy, axes)),
            tf.math.mul(
                tf.math.mul(centred, tf.math.square(root)),
                tf.math.mean(tf.math.mul(dy, centred), axes)));
    Operand<TFloat64> dx = tf.math.mul(projected, tf.math.mul(scale, root));
    Operand<TFloat64> loss =
        tf.math.add(
            total(tf, tf.math.mul(weights, tf.math.square(dx))),
            total(tf, tf.math.mul(weights, y)));
    List<Operand<TFloat64>> all = new ArrayList<>(List.of(y, dx));
    Output<?>[] inputs = {dy.asOutput(), x.asOutput(), scale.asOutput(), offset.asOutput()};
    for (Output<?> gradient : graph.addGradients(loss.asOutput(), inputs)) {
      all.add(gradient.expect(TFloat64.class));
    }
    return all;
  }

  private static <T extends TNumber> Operand<T> total(Ops tf, Operand<T> map) {
    return tf.reduceSum(map, tf.constant(new int[] {0, 1, 2, 3}));
  }

  private static Operand<TFloat32> random(Ops tf, Shape shape, int seed, float shift) {
    Random random = new Random(seed);
    float[] values = new float[(int) shape.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = shift + (float) random.nextGaussian();
    }
    return tf.constant(shape, DataBuffers.of(values));
  }
}
