package dev.recal.graphs.detection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.recal.graphs.network.Stage;
import dev.recal.ops.BuildContext;
import dev.recal.ops.GraphScope;
import dev.recal.ops.Tower;
import dev.recal.ops.VariableStore;
import dev.recal.ops.detection.Pyramid;
import dev.recal.ops.norm.BatchNorm;
import dev.recal.ops.runtime.Sessions;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Session;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/** Values of the parts, with weights that show what goes where. */
class HeadsTest {

  private final Graph graph = new Graph();
  private final VariableStore store = new VariableStore(graph, 1);
  private final BuildContext context = BuildContext.of(store, Tower.training());
  private final Ops tf = GraphScope.ops(graph);

  @AfterEach
  void close() {
    graph.close();
  }

  private Operand<TFloat32> map(int rows, int columns, int channels, float... values) {
    return tf.constant(Shape.of(1, rows, columns, channels), DataBuffers.of(values));
  }

  private float[] run(Operand<TFloat32> operand, Map<String, float[]> weights) {
    try (Session session = Sessions.unoptimised(graph)) {
      store.initialize(session);
      store.assign(session, weights);
      try (var result = session.runner().fetch(operand).run()) {
        float[] values = new float[(int) result.get(0).shape().size()];
        ((TFloat32) result.get(0)).asRawTensor().data().asFloats().read(values);
        return values;
      }
    }
  }

  @Test
  void addsEnlargedCoarseMapsToFinerOnes() {
    Map<String, Stage> stages = new LinkedHashMap<>();
    stages.put("stage3", new Stage(map(3, 3, 1, 1, 2, 3, 4, 5, 6, 7, 8, 9), 16, 1));
    stages.put("other", new Stage(map(2, 2, 1, 0, 0, 0, 0), 32, 1));
    stages.put("stage4", new Stage(map(2, 2, 1, 10, 20, 30, 40), 32, 1));
    FeaturePyramid fpn =
        new FeaturePyramid(1, 16, FeaturePyramid.Top.SUBSAMPLED, false, Optional.empty());
    Pyramid pyramid = fpn.build(context.at("fpn"), stages);
    assertThat(pyramid.strides()).containsExactly(16, 32, 64);
    float[] centre = {0, 0, 0, 0, 1, 0, 0, 0, 0};
    Map<String, float[]> weights =
        Map.of(
            "fpn/lateral4/conv/kernel", new float[] {1},
            "fpn/lateral5/conv/kernel", new float[] {-1},
            "fpn/output4/conv/kernel", centre,
            "fpn/output5/conv/kernel", centre,
            "fpn/output5/conv/bias", new float[] {0.5f});
    Operand<TFloat32> all =
        tf.concat(
            pyramid.maps().stream()
                .<Operand<TFloat32>>map(map -> tf.reshape(map, tf.constant(new int[] {-1})))
                .toList(),
            tf.constant(0));
    assertThat(run(all, weights))
        .containsExactly(
            // Rows and columns 0, 1 of the finer map are below pixel 0 of the coarser one.
            1 - 10,
            2 - 10,
            3 - 20,
            4 - 10,
            5 - 10,
            6 - 20,
            7 - 30,
            8 - 30,
            9 - 40, //
            -9.5f,
            -19.5f,
            -29.5f,
            -39.5f, //
            -9.5f);
  }

  @Test
  void ordersProposalsByCellAndAnchor() {
    Pyramid levels = new Pyramid(List.of(map(1, 2, 1, 1, -1), map(1, 1, 1, 1)), List.of(4, 8));
    List<AnchorOutput> outputs = new ProposalHead(1, 1).build(context.at("rpn"), levels, 2);
    assertThat(outputs.get(0).logits().shape()).isEqualTo(Shape.of(1, 4, 1));
    AnchorOutput all = AnchorOutput.joined(tf, outputs);
    Map<String, float[]> weights =
        Map.of(
            "rpn/conv1/kernel", new float[] {0, 0, 0, 0, 1, 0, 0, 0, 0},
            "rpn/objectness/kernel", new float[] {1, 10},
            "rpn/objectness/bias", new float[] {0.5f, 0.25f},
            "rpn/boxes/kernel", new float[] {1, 2, 3, 4, 5, 6, 7, 8});
    Operand<TFloat32> logits = tf.reshape(all.logits(), tf.constant(new int[] {6, 1}));
    Operand<TFloat32> deltas = tf.reshape(all.deltas(), tf.constant(new int[] {6, 4}));
    assertThat(run(tf.concat(List.of(logits, deltas), tf.constant(1)), weights))
        .containsExactly(
            1.5f, 1, 2, 3, 4, 10.25f, 5, 6, 7, 8, // a cell of the first level
            0.5f, 0, 0, 0, 0, 0.25f, 0, 0, 0, 0, // negative before the ReLU
            1.5f, 1, 2, 3, 4, 10.25f, 5, 6, 7, 8); // the second level, by the same weights
  }

  @Test
  void startsRetinaNetAtItsPrior() {
    Pyramid level = Pyramid.of(map(1, 1, 2, 0, 0), 8);
    AnchorOutput output =
        new RetinaHead(2, 1, Optional.empty(), 0.01).build(context, level, 3, 2).get(0);
    assertThat(output.logits().shape()).isEqualTo(Shape.of(1, 3, 2));
    for (float probability : run(tf.math.sigmoid(output.logits()), Map.of())) {
      assertThat(probability).isCloseTo(0.01f, within(1e-6f));
    }
  }

  @Test
  void rejectsMovingStatisticsThatLevelsWouldShare() {
    Pyramid levels = new Pyramid(List.of(map(1, 2, 1, 1, -1), map(1, 1, 1, 1)), List.of(4, 8));
    RetinaHead head = new RetinaHead(2, 1, Optional.of(BatchNorm.defaults()), 0.01);
    assertThatThrownBy(() -> head.build(context, levels, 3, 2))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("no moving averages in a repeated scope");
  }

  @Test
  void rejectsRegionsOfAnotherSize() {
    Operand<TFloat32> regions = map(2, 3, 1, 1, 2, 3, 4, 5, 6);
    assertThatThrownBy(() -> BoxHead.defaults().build(context, regions, new ClassLayout(3, false)))
        .hasMessage("regions: expected (R, 7, 7, C), but got [1, 2, 3, 1].");
  }
}
