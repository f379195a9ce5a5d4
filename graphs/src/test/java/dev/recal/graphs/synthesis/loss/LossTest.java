package dev.recal.graphs.synthesis.loss;

import static org.assertj.core.api.Assertions.assertThat;

import dev.recal.ops.GraphScope;
import dev.recal.ops.gradient.Gradients;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.Function;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/** The hinge loss and the distance without a trained network. */
class LossTest {

  private static float[] run(Function<Ops, Operand<TFloat32>> f) {
    try (Graph graph = new Graph()) {
      Operand<TFloat32> y = f.apply(GraphScope.ops(graph));
      try (Session session = new Session(graph);
          Result result = session.runner().fetch(y).run()) {
        TFloat32 values = (TFloat32) result.get(0);
        float[] all = new float[(int) values.size()];
        values.copyTo(DataBuffers.of(all));
        return all;
      }
    }
  }

  private static Operand<TFloat32> logits(Ops tf, float value) {
    return tf.constant(new float[][] {filled(value), filled(value)});
  }

  private static float[] filled(float value) {
    float[] values = new float[500];
    Arrays.fill(values, value);
    return values;
  }

  @Test
  void marginsLieBetweenEightTenthsAndOne() {
    // Within the margin the loss is margin ∓ logit, whose mean is 0.9 ∓ logit.
    assertThat(real(0)).isCloseTo(0.9f, Offset.offset(0.01f));
    assertThat(real(0.5f)).isCloseTo(0.4f, Offset.offset(0.01f));
    assertThat(generated(0.5f)).isCloseTo(1.4f, Offset.offset(0.01f));
    // Half of the margins are above 0.9: the mean of the remainder is a quarter of 0.1.
    assertThat(real(0.9f)).isCloseTo(0.025f, Offset.offset(0.004f));
    assertThat(generated(-0.9f)).isCloseTo(0.025f, Offset.offset(0.004f));
    assertThat(real(1)).isZero();
    assertThat(generated(-1)).isZero();
  }

  private static float real(float logit) {
    return run(tf -> HingeLoss.real(tf, logits(tf, logit), tf.constant(new long[] {1, 2})))[0];
  }

  private static float generated(float logit) {
    return run(tf -> HingeLoss.generated(tf, logits(tf, logit), tf.constant(new long[] {1, 2})))[0];
  }

  @Test
  void generatorLossIsNegativeMeanLogit() {
    assertThat(run(tf -> HingeLoss.generator(tf, logits(tf, 0.25f)))[0]).isEqualTo(-0.25f);
  }

  private static float[][][][] image(long seed, double scale) {
    Random random = new Random(seed);
    float[][][][] image = new float[1][16][16][3];
    for (float[][] row : image[0]) {
      for (float[] pixel : row) {
        for (int c = 0; c < 3; c++) {
          pixel[c] = (float) (scale * (2 * random.nextDouble() - 1));
        }
      }
    }
    return image;
  }

  @Test
  void distanceIsZeroForEqualImagesAndSymmetric() {
    RandomFeatures distance = RandomFeatures.defaults();
    assertThat(run(tf -> distance.between(tf, tf.constant(image(1, 1)), tf.constant(image(1, 1)))))
        .containsExactly(new float[] {0}, Offset.offset(1e-6f));
    float[] there =
        run(tf -> distance.between(tf, tf.constant(image(1, 1)), tf.constant(image(2, 1))));
    float[] back =
        run(tf -> distance.between(tf, tf.constant(image(2, 1)), tf.constant(image(1, 1))));
    assertThat(there).containsExactly(back, Offset.offset(1e-5f));
    // The mean difference of two uniform numbers in −1..1 is 2/3; features add to it.
    assertThat(there[0]).isGreaterThan(0.6f);
    float[] other =
        run(
            tf ->
                new RandomFeatures(2)
                    .between(tf, tf.constant(image(1, 1)), tf.constant(image(2, 1))));
    assertThat(other[0]).isNotEqualTo(there[0]).isCloseTo(there[0], Offset.offset(1f));
  }

  @Test
  void distancesArePerPair() {
    RandomFeatures distance = RandomFeatures.defaults();
    float[] both =
        run(
            tf ->
                distance.between(
                    tf,
                    tf.concat(
                        List.of(tf.constant(image(1, 1)), tf.constant(image(2, 1))),
                        tf.constant(0)),
                    tf.concat(
                        List.of(tf.constant(image(1, 1)), tf.constant(image(3, 1))),
                        tf.constant(0))));
    float[] second =
        run(tf -> distance.between(tf, tf.constant(image(2, 1)), tf.constant(image(3, 1))));
    assertThat(both[0]).isZero();
    assertThat(both[1]).isCloseTo(second[0], Offset.offset(1e-5f));
  }

  @Test
  void distanceShrinksAlongItsGradient() {
    RandomFeatures distance = RandomFeatures.defaults();
    float[] values =
        run(
            tf -> {
              Operand<TFloat32> target = tf.constant(image(2, 1));
              Operand<TFloat32> x = tf.constant(image(1, 1));
              Operand<TFloat32> before = distance.between(tf, x, target);
              Operand<TFloat32> gradient = Gradients.of(before, List.of(x)).get(0);
              Operand<TFloat32> after =
                  distance.between(
                      tf, tf.math.sub(x, tf.math.mul(gradient, tf.constant(1f))), target);
              return tf.concat(List.of(before, after), tf.constant(0));
            });
    assertThat(values[1]).isLessThan(values[0]);
  }
}
