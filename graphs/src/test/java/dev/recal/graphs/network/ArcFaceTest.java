package dev.recal.graphs.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.recal.ops.BuildContext;
import dev.recal.ops.Tower;
import dev.recal.ops.VariableStore;
import dev.recal.ops.gradient.Gradients;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Session;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

class ArcFaceTest {

  private static final float SCALE = 64;
  private static final float MARGIN = 0.5f;

  private static float[] values(TFloat32 tensor) {
    float[] array = new float[Math.toIntExact(tensor.size())];
    tensor.asRawTensor().data().asFloats().read(array);
    return array;
  }

  @Test
  void logitsAreScaledCosines() {
    try (Graph graph = new Graph();
        Session session = new Session(graph)) {
      VariableStore store = new VariableStore(graph, 3);
      BuildContext context = BuildContext.of(store, Tower.serving());
      float[][] rows = {{3, 4, 0}, {0, 0, -2}};
      Operand<TFloat32> embedding = Ops.create(graph).constant(rows);
      Operand<TFloat32> logits = ArcFace.defaults().build(context.at("head"), embedding, 4);
      store.initialize(session);
      Operand<TFloat32> kernel = store.trainable().get(0).read();
      try (var result = session.runner().fetch(logits).fetch(kernel).run()) {
        float[] actual = values((TFloat32) result.get(0));
        float[] w = values((TFloat32) result.get(1));
        for (int n = 0; n < 2; n++) {
          for (int c = 0; c < 4; c++) {
            double product = 0;
            double length = 0;
            double own = 0;
            for (int d = 0; d < 3; d++) {
              product += rows[n][d] * w[d * 4 + c];
              length += w[d * 4 + c] * (double) w[d * 4 + c];
              own += rows[n][d] * (double) rows[n][d];
            }
            double expected = SCALE * product / Math.sqrt(length * own);
            assertThat((double) actual[n * 4 + c]).isCloseTo(expected, within(1e-4));
          }
        }
      }
    }
  }

  // The last angle is so wide that the margin would pass π.
  @Test
  void theMarginWidensTheRightAngleOnly() {
    double[] angles = {0, 0.3, 1.2, 2.5, 3.0};
    float[][] logits = new float[angles.length][3];
    float[][] targets = new float[angles.length][3];
    for (int i = 0; i < angles.length; i++) {
      logits[i] = new float[] {10, (float) (SCALE * Math.cos(angles[i])), -5};
      targets[i] = new float[] {0.1f, 0.8f, 0.1f};
    }
    try (Graph graph = new Graph();
        Session session = new Session(graph)) {
      Ops tf = Ops.create(graph);
      Operand<TFloat32> plain = tf.constant(logits);
      Operand<TFloat32> margin = ArcFace.defaults().withMargin(tf, plain, tf.constant(targets));
      List<Operand<TFloat32>> gradients =
          Gradients.of(tf.reduceSum(margin, tf.constant(new int[] {0, 1})), List.of(plain));
      try (var result = session.runner().fetch(margin).fetch(gradients.get(0)).run()) {
        float[] actual = values((TFloat32) result.get(0));
        float[] slopes = values((TFloat32) result.get(1));
        for (int i = 0; i < angles.length; i++) {
          double cosine =
              angles[i] < Math.PI - MARGIN
                  ? Math.cos(angles[i] + MARGIN)
                  : Math.cos(angles[i]) - MARGIN * Math.sin(MARGIN);
          assertThat(actual[3 * i]).isEqualTo(10);
          assertThat((double) actual[3 * i + 1]).isCloseTo(SCALE * cosine, within(2e-3));
          assertThat(actual[3 * i + 2]).isEqualTo(-5);
          // d cos(θ + m) / d cos θ = sin(θ + m) / sin θ
          double slope =
              angles[i] < Math.PI - MARGIN ? Math.sin(angles[i] + MARGIN) / Math.sin(angles[i]) : 1;
          if (angles[i] > 0) {
            assertThat((double) slopes[3 * i + 1]).isCloseTo(slope, within(1e-3 * slope));
          }
          assertThat(slopes[3 * i + 1]).isFinite();
        }
      }
    }
  }

  @Test
  void rejectsMarginsAndScalesOutOfRange() {
    assertThatThrownBy(() -> new ArcFace(-0.1f, 64)).hasMessageContaining("margin");
    assertThatThrownBy(() -> new ArcFace(3.2f, 64)).hasMessageContaining("margin");
    assertThatThrownBy(() -> new ArcFace(0.5f, 0)).hasMessageContaining("scale");
  }
}
