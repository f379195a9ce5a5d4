package dev.recal.ops.dynamic;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.recal.ops.BuildContext;
import dev.recal.ops.Tower;
import dev.recal.ops.VariableStore;
import dev.recal.ops.conv.Window;
import dev.recal.ops.gradient.Gradients;
import dev.recal.ops.runtime.Graphs;
import dev.recal.ops.runtime.Sessions;
import dev.recal.ops.testing.LayerTrial;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

class RegionTrainingTest {

  private static final Shape SHAPE = Shape.of(4, 6, 5, 4);
  private static final int OUTPUTS = 3;

  private static Operand<TFloat32> normal(Ops tf, Shape shape) {
    return tf.reshape(tf.constant(LayerTrial.normal(shape)), tf.constant(shape.asArray()));
  }

  // Every form on a small map, which large ones are chosen for otherwise, against TensorFlow's own
  // gradients of the product and of the softmax.
  @ParameterizedTest
  @CsvSource({
    "true,PATCHES,4,3,1,1,1",
    "true,CONVOLUTIONS,4,3,1,1,1",
    "true,CONVOLUTIONS,3,3,2,1,1",
    "true,NONE,4,3,1,1,1",
    "true,NONE,4,3,1,1,2",
    "true,NONE,3,3,2,1,4",
    "true,NONE,3,2,1,0,1",
    "false,PATCHES,4,3,1,1,1",
    "false,CONVOLUTIONS,3,3,2,2,1",
    "false,EXPERTS,3,3,1,1,1",
    "false,EXPERTS,6,3,2,1,1"
  })
  void gradientsAreThoseOfTensorFlow(
      boolean pooled,
      RegionResults form,
      int regions,
      int kernel,
      int stride,
      int padding,
      long groups) {
    Window window = Settings.window(kernel, stride, Optional.of(padding), 1);
    Shape result = Settings.result(SHAPE, window, OUTPUTS);
    Shape guides = Shape.of(4, result.get(1), result.get(2), regions);
    try (Graph graph = Graphs.create()) {
      VariableStore store = new VariableStore(graph, 1);
      BuildContext context = BuildContext.of(store, Tower.training());
      Ops tf = context.tf();
      Operand<TFloat32> x = tf.identity(normal(tf, SHAPE));
      Operand<TFloat32> guide = withoutFirst(tf, normal(tf, guides));
      Filters filters =
          pooled
              ? PooledFilters.of(context, x, 4, kernel, regions, OUTPUTS, false)
              : ExpertFilters.of(context, x, 4, kernel, regions, 2, OUTPUTS);
      Operand<TInt32> chosen =
          tf.reshape(
              tf.math.argMax(guide, tf.constant(3), TInt32.class), tf.constant(new int[] {-1}));
      List<Operand<TFloat32>> sources = new ArrayList<>(List.of(x, guide));
      store.trainable().forEach(variable -> sources.add(variable.read()));
      Optional<Operand<TFloat32>> upstream = Optional.of(normal(tf, result));
      PatchGrid grid = PatchGrid.of(tf, x, SHAPE, window);
      long pixels = Settings.pixels(result);
      Operand<TFloat32> plain =
          GuideSurrogate.inTensorFlowOps(
              tf,
              tf.reshape(
                  RegionProduct.of(tf, grid, filters, chosen, regions, pixels),
                  grid.shape(tf, result)),
              guide,
              grid,
              filters,
              regions);
      List<Operand<TFloat32>> expected = new ArrayList<>(List.of(plain));
      expected.addAll(Gradients.of(plain, sources, upstream));
      List<Operand<TFloat32>> found = new ArrayList<>();
      for (boolean kept : form == RegionResults.NONE ? List.of(false) : List.of(true, false)) {
        RegionTraining layer =
            new RegionTraining(form, kept, groups, filters.form(), SHAPE, window, pixels);
        Operand<TFloat32> y = layer.build(tf, x, guide, chosen, filters, result);
        found.add(y);
        found.addAll(Gradients.of(y, sources, upstream));
      }
      assertAgree(graph, store, expected, found);
    }
  }

  // No pixel is in the first region.
  private static Operand<TFloat32> withoutFirst(Ops tf, Operand<TFloat32> guide) {
    int regions = Math.toIntExact(guide.shape().get(3));
    float[] penalty = new float[regions];
    penalty[0] = 9;
    return tf.math.sub(guide, tf.constant(penalty));
  }

  private static void assertAgree(
      Graph graph,
      VariableStore store,
      List<Operand<TFloat32>> expected,
      List<Operand<TFloat32>> found) {
    try (Session session = Sessions.open(graph)) {
      store.initialize(session);
      Session.Runner runner = session.runner();
      expected.forEach(runner::fetch);
      found.forEach(runner::fetch);
      try (Result fetched = runner.run()) {
        for (int i = 0; i < found.size(); i++) {
          float[] wanted = LayerTrial.array((TFloat32) fetched.get(i % expected.size()));
          float[] values = LayerTrial.array((TFloat32) fetched.get(expected.size() + i));
          assertThat(values).as("value %d", i).hasSameSizeAs(wanted);
          for (int k = 0; k < wanted.length; k++) {
            float margin = 1e-4f * (1 + Math.abs(wanted[k]));
            assertThat(values[k]).as("value %d, %d", i, k).isCloseTo(wanted[k], within(margin));
          }
        }
      }
    }
  }
}
