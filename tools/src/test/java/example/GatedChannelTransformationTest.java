package example;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.recal.ops.BuildContext;
import dev.recal.ops.Tower;
import dev.recal.ops.VariableStore;
import dev.recal.ops.registry.LayerProvider;
import dev.recal.testing.ModuleContract;
import dev.recal.testing.ModuleSample;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

class GatedChannelTransformationTest extends ModuleContract {

  @Override
  protected LayerProvider provider() {
    return new ExampleLayers();
  }

  @Override
  protected List<ModuleSample> samples() {
    long parameters = 3L * ModuleSample.CHANNELS;
    return List.of(
        ModuleSample.layer("gated-channel-transformation", "", parameters),
        ModuleSample.layer("gated-channel-transformation", "\"epsilon\": 0.5", parameters));
  }

  @Test
  void agreesWithTheAuthorsCode() {
    float[] x = {1, -2, 3, 0.5f, 4, -1, 2, 0, 1.5f, -3, 1, 2.5f};
    // PyTorch/GCT.py of the official code on the same numbers.
    float[] expected = {
      1.293922f,
      -1.440708f,
      1.171402f,
      0.646961f,
      2.881416f,
      -0.390467f,
      2.587844f,
      0f,
      0.585701f,
      -3.881767f,
      0.720354f,
      0.976169f
    };
    try (Graph graph = new Graph()) {
      VariableStore store = new VariableStore(graph, 1);
      BuildContext context = BuildContext.of(store, Tower.inference());
      Ops tf = context.tf();
      Operand<TFloat32> map = tf.reshape(tf.constant(x), tf.constant(new int[] {1, 2, 2, 3}));
      Operand<TFloat32> y = GatedChannelTransformation.defaults().build(context, map);
      try (Session session = new Session(graph)) {
        store.initialize(session);
        Map<String, float[]> values =
            Map.of(
                "alpha", new float[] {1, 0.5f, -2},
                "gamma", new float[] {0.3f, -0.7f, 0.2f},
                "beta", new float[] {0.1f, 0, -0.4f});
        store.assign(session, values);
        try (Result result = session.runner().fetch(y).run()) {
          float[] answer = new float[x.length];
          ((TFloat32) result.get(0)).asRawTensor().data().asFloats().read(answer);
          assertThat(answer).containsExactly(expected, within(1e-5f));
        }
      }
    }
  }

  @Test
  void rejectsNonPositiveEpsilon() {
    assertThatThrownBy(() -> new GatedChannelTransformation(0f))
        .hasMessage("epsilon: expected a positive number, but got 0.0.");
  }
}
