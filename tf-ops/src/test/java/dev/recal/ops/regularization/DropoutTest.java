package dev.recal.ops.regularization;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.recal.ops.BuildContext;
import dev.recal.ops.Layer;
import dev.recal.ops.Tower;
import dev.recal.ops.VariableStore;
import dev.recal.ops.testing.LayerTrial;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Session;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt64;

class DropoutTest {

  private static final Shape SHAPE = Shape.of(100, 50);

  @Test
  void dropsTheRateAndKeepsTheMean() {
    float[] ones = new float[5000];
    Arrays.fill(ones, 1f);
    try (LayerTrial trial = LayerTrial.of(new Dropout(0.2f), Tower.training(), SHAPE, ones)) {
      float[] y = trial.output();
      int dropped = 0;
      for (float value : y) {
        assertThat(value).isIn(0f, 1.25f);
        dropped += value == 0 ? 1 : 0;
      }
      assertThat(dropped).isBetween(850, 1150);
      assertThat(trial.output()).isEqualTo(y);
      trial.checkGradients();
    }
  }

  @Test
  void doesNothingInInferenceOrAtRateZero() {
    try (LayerTrial inference = LayerTrial.inference(new Dropout(0.9f), SHAPE);
        LayerTrial zero = LayerTrial.training(new Dropout(0f), SHAPE)) {
      assertThat(inference.output()).isEqualTo(inference.input());
      assertThat(zero.output()).isEqualTo(zero.input());
    }
  }

  private static float[] masks(long seed, String scope, long step) {
    try (Graph graph = new Graph();
        Session session = new Session(graph);
        TInt64 number = TInt64.scalarOf(step)) {
      Ops tf = Ops.create(graph);
      Placeholder<TInt64> counter = tf.placeholder(TInt64.class, Placeholder.shape(Shape.scalar()));
      BuildContext context =
          BuildContext.of(new VariableStore(graph, seed), Tower.training().atStep(counter));
      Operand<TFloat32> ones = tf.fill(tf.constant(SHAPE.asArray()), tf.constant(1f));
      Layer layer = new Dropout(0.5f);
      Operand<TFloat32> y = layer.build(context.at(scope), ones);
      try (var result = session.runner().feed(counter, number).fetch(y).run()) {
        float[] values = new float[5000];
        ((TFloat32) result.get(0)).asRawTensor().data().asFloats().read(values);
        return values;
      }
    }
  }

  @Test
  void dependsOnSeedScopeAndStepOnly() {
    float[] once = masks(1, "a", 5);
    assertThat(masks(1, "a", 5)).isEqualTo(once);
    assertThat(masks(2, "a", 5)).isNotEqualTo(once);
    assertThat(masks(1, "b", 5)).isNotEqualTo(once);
    assertThat(masks(1, "a", 6)).isNotEqualTo(once);
  }

  @Test
  void rejectsInvalidDropRates() {
    assertThatThrownBy(() -> new Dropout(1f))
        .hasMessage("rate: expected from 0 to less than 1, but got 1.0.");
    assertThatThrownBy(() -> new Dropout(Float.NaN)).hasMessageContaining("rate");
  }
}
