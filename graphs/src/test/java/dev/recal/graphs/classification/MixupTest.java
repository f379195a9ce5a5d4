package dev.recal.graphs.classification;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt64;

class MixupTest {
  private static final int DRAWS = 4000;

  @ParameterizedTest
  @ValueSource(doubles = {0.2, 1.0, 3.0})
  void lambdaHasTheMeanAndVarianceOfABetaDistribution(double alpha) {
    double sum = 0;
    double squares = 0;
    try (Graph graph = new Graph()) {
      Ops tf = Ops.create(graph);
      Operand<TInt64> seed = tf.placeholder(TInt64.class);
      Operand<TFloat32> lambda = new Mixup(alpha).lambda(tf, seed);
      try (Session session = new Session(graph)) {
        for (int step = 0; step < DRAWS; step++) {
          try (TInt64 value = TInt64.vectorOf(5, step);
              Result result = session.runner().feed(seed, value).fetch(lambda).run()) {
            double drawn = ((TFloat32) result.get(0)).getFloat();
            assertThat(drawn).isBetween(0.0, 1.0);
            sum += drawn;
            squares += drawn * drawn;
          }
        }
      }
    }
    double mean = sum / DRAWS;
    double variance = squares / DRAWS - mean * mean;
    double expected = 1 / (4 * (2 * alpha + 1));
    // Four standard errors of the mean; the variance of a bounded variable within a tenth.
    assertThat(mean).isCloseTo(0.5, within(4 * Math.sqrt(expected / DRAWS)));
    assertThat(variance).isCloseTo(expected, within(0.1 * expected));
  }

  private static float[][] mixed(long step) {
    int n = 16;
    float[] pixels = new float[n];
    int[] labels = new int[n];
    for (int i = 0; i < n; i++) {
      pixels[i] = i;
      labels[i] = i;
    }
    try (Graph graph = new Graph()) {
      Ops tf = Ops.create(graph);
      Operand<TFloat32> images =
          tf.reshape(tf.constant(pixels), tf.constant(new int[] {n, 1, 1, 1}));
      Operand<TFloat32> soft = new LabelSmoothing(0).apply(tf, tf.constant(labels), n);
      Mixup.Mixed mixed = new Mixup(1).apply(tf, images, soft, tf.constant(new long[] {3, step}));
      try (Session session = new Session(graph);
          Result result = session.runner().fetch(mixed.images()).fetch(mixed.labels()).run()) {
        assertThat(result.get(0).shape().asArray()).containsExactly(n, 1, 1, 1);
        assertThat(result.get(1).shape().asArray()).containsExactly(n, n);
        return new float[][] {array(result, 0), array(result, 1)};
      }
    }
  }

  private static float[] array(Result result, int output) {
    TFloat32 tensor = (TFloat32) result.get(output);
    float[] values = new float[(int) tensor.size()];
    tensor.copyTo(DataBuffers.of(values));
    return values;
  }

  @Test
  void imagesAndLabelsAreMixedWithTheSamePartnersAndShares() {
    float[][] mixed = mixed(1);
    boolean anyMixed = false;
    for (int i = 0; i < 16; i++) {
      double sum = 0;
      double centre = 0;
      for (int label = 0; label < 16; label++) {
        float share = mixed[1][16 * i + label];
        sum += share;
        centre += share * label;
        anyMixed |= label != i && share > 0.01;
      }
      assertThat(sum).isCloseTo(1, within(1e-6));
      // Image i has the value i, so that its mixture is the centre of its labels.
      assertThat((double) mixed[0][i]).isCloseTo(centre, within(1e-4));
    }
    assertThat(anyMixed).isTrue();
    for (int label = 0; label < 16; label++) {
      double used = 0;
      for (int i = 0; i < 16; i++) {
        used += mixed[1][16 * i + label];
      }
      assertThat(used).as("partners are a permutation").isCloseTo(1, within(1e-6));
    }
  }

  @Test
  void mixingIsAFunctionOfTheSeed() {
    assertThat(mixed(1)[1]).isEqualTo(mixed(1)[1]).isNotEqualTo(mixed(2)[1]);
  }

  @Test
  void smoothedLabelsDistributeTheSmoothing() {
    try (Graph graph = new Graph()) {
      Ops tf = Ops.create(graph);
      Operand<TFloat32> soft = new LabelSmoothing(0.1).apply(tf, tf.constant(new int[] {1, 0}), 4);
      assertThat(soft.shape()).isEqualTo(Shape.of(2, 4));
      try (Session session = new Session(graph);
          Result result = session.runner().fetch(soft).run()) {
        assertThat(array(result, 0))
            .containsExactly(
                new float[] {0.025f, 0.925f, 0.025f, 0.025f, 0.925f, 0.025f, 0.025f, 0.025f},
                within(1e-7f));
      }
    }
    assertThatThrownBy(() -> new LabelSmoothing(1))
        .hasMessage("smoothing: expected from 0 to less than 1, but got 1.0.");
    assertThatThrownBy(() -> new Mixup(0))
        .hasMessageContaining("alpha: expected a positive, finite number");
  }
}
