package dev.recal.ops.dynamic;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.recal.ops.BuildContext;
import dev.recal.ops.Tower;
import dev.recal.ops.VariableStore;
import dev.recal.ops.conv.Window;
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

class RegionResultsTest {

  private static final Shape SHAPE = Shape.of(3, 6, 5, 4);
  private static final int OUTPUTS = 3;

  private static Operand<TFloat32> normal(Ops tf, Shape shape) {
    return tf.reshape(tf.constant(LayerTrial.normal(shape)), tf.constant(shape.asArray()));
  }

  private static List<RegionResults> forms(boolean pooled) {
    return pooled
        ? List.of(RegionResults.PATCHES, RegionResults.CONVOLUTIONS)
        : List.of(RegionResults.PATCHES, RegionResults.CONVOLUTIONS, RegionResults.EXPERTS);
  }

  @ParameterizedTest
  @CsvSource({
    "true,4,3,1,1",
    "true,3,3,2,1",
    "true,2,2,1,0",
    "true,5,1,1,0",
    "false,3,3,1,1",
    "false,2,3,2,2"
  })
  void allFormsAgree(boolean pooled, int regions, int kernel, int stride, int padding) {
    Window window = Settings.window(kernel, stride, Optional.of(padding), 1);
    Shape result = Settings.result(SHAPE, window, OUTPUTS);
    try (Graph graph = Graphs.create()) {
      VariableStore store = new VariableStore(graph, 1);
      BuildContext context = BuildContext.of(store, Tower.training());
      Ops tf = context.tf();
      Operand<TFloat32> x = normal(tf, SHAPE);
      Filters filters =
          pooled
              ? PooledFilters.of(context, x, 4, kernel, regions, OUTPUTS, false)
              : ExpertFilters.of(context, x, 4, kernel, regions, 2, OUTPUTS);
      Operand<TFloat32> upstream = normal(tf, result);
      List<Operand<TFloat32>> gains = new ArrayList<>();
      for (RegionResults form : forms(pooled)) {
        List<Operand<TFloat32>> parts = form.of(tf, x, SHAPE, window, filters);
        int width = form == RegionResults.EXPERTS ? 2 : regions;
        Operand<TFloat32> rows = tf.reshape(upstream, tf.constant(new int[] {-1, OUTPUTS}));
        Operand<TFloat32> products = RegionResults.products(tf, parts, rows, width);
        gains.add(form.gains(tf, products, filters, tf.constant(3)));
      }
      try (Session session = Sessions.open(graph)) {
        store.initialize(session);
        Session.Runner runner = session.runner();
        gains.forEach(runner::fetch);
        try (Result fetched = runner.run()) {
          float[] expected = LayerTrial.array((TFloat32) fetched.get(0));
          assertThat(expected).hasSize((int) (result.size() / OUTPUTS * regions));
          for (int i = 1; i < gains.size(); i++) {
            float[] found = LayerTrial.array((TFloat32) fetched.get(i));
            assertThat(found).hasSameSizeAs(expected);
            for (int k = 0; k < expected.length; k++) {
              assertThat(found[k]).isCloseTo(expected[k], within(1e-4f));
            }
          }
        }
      }
    }
  }

  @ParameterizedTest
  @CsvSource({
    "16,56,64,3,1,CONVOLUTIONS",
    "16,28,128,3,1,CONVOLUTIONS",
    "16,14,256,3,1,NONE",
    "16,7,512,3,1,NONE",
    "-1,7,512,3,1,NONE",
    "-1,28,128,3,1,PATCHES",
    "128,28,128,3,1,PATCHES",
    "16,28,128,3,2,PATCHES",
    "16,-1,128,3,1,PATCHES",
    "128,32,16,3,1,PATCHES",
    "128,8,64,3,1,NONE",
    "16,56,256,1,1,PATCHES"
  })
  void choosesByTheSizes(
      long images, long side, int channels, int kernel, int dilation, RegionResults expected) {
    Window window = Settings.window(kernel, 1, Optional.empty(), dilation);
    try (Graph graph = Graphs.create()) {
      BuildContext context = BuildContext.of(new VariableStore(graph, 1), Tower.training());
      Operand<TFloat32> x = normal(context.tf(), Shape.of(1, 7, 7, channels));
      Filters filters = PooledFilters.of(context, x, channels, kernel, 8, channels, false);
      Shape shape = Shape.of(images, side, side, channels);
      assertThat(RegionResults.of(shape, window, filters)).isEqualTo(expected);
    }
  }
}
