package dev.recal.savedmodels.meta;

import static org.assertj.core.api.Assertions.assertThat;

import dev.recal.savedmodels.tensor.TensorValue;
import dev.recal.savedmodels.tensor.Tensors;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.proto.GraphDef;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.TInt64;

class RandomFoldingTest {

  private static final String NORMAL = "StatelessRandomNormal";

  private final Graph graph = new Graph();
  private final Ops tf = Ops.create(graph);
  private final Operand<TInt64> seed = tf.constant(new long[] {5, 0});

  @AfterEach
  void close() {
    graph.close();
  }

  @Test
  void randomOpOfConstantsIsFolded() {
    Operand<TInt32> size = tf.concat(List.of(tf.array(1), tf.array(4, 3)), tf.constant(0));
    Operand<TFloat32> normal = normal(size, seed);
    Operand<TFloat32> uniform = tf.random.statelessRandomUniform(size, seed, TFloat32.class);
    Operand<TFloat32> sum = tf.math.add(normal, uniform);

    GraphDef made = RandomFolding.evaluate(graph.toGraphDef());

    assertThat(type(made, normal)).isEqualTo("Const");
    assertThat(type(made, uniform)).isEqualTo("Const");
    assertThat(made.getNodeCount()).isEqualTo(graph.toGraphDef().getNodeCount());
    TensorValue expected = run(graph, sum);
    assertThat(expected.shape()).isEqualTo(Shape.of(1, 4, 3));
    try (Graph again = new Graph()) {
      again.importGraphDef(made);
      assertThat(run(again, sum)).isEqualTo(expected);
    }
  }

  @Test
  void inputDependentRandomOpsAreNotFolded() {
    Placeholder<TInt64> given = tf.placeholder(TInt64.class, Placeholder.shape(Shape.of(2)));
    Operand<TInt64> counter =
        tf.random.randomUniformInt(tf.array(2), tf.constant(0L), tf.constant(9L));
    Operand<TFloat32> image =
        tf.placeholder(TFloat32.class, Placeholder.shape(Shape.of(-1, 2, 2, 3)));

    List<Operand<TFloat32>> draws =
        List.of(
            normal(tf.array(2, 3), given),
            normal(tf.array(2, 3), counter),
            normal(tf.shape(image), seed));

    GraphDef made = RandomFolding.evaluate(graph.toGraphDef());
    assertThat(draws).extracting(draw -> type(made, draw)).containsOnly(NORMAL);
  }

  @Test
  void largeRandomOpIsNotFolded() {
    Operand<TFloat32> most = normal(tf.array(512, 512), seed);
    Operand<TFloat32> more = normal(tf.array(512, 513), seed);
    GraphDef made = RandomFolding.evaluate(graph.toGraphDef());
    assertThat(type(made, most)).isEqualTo("Const");
    assertThat(type(made, more)).isEqualTo(NORMAL);
  }

  private Operand<TFloat32> normal(Operand<TInt32> size, Operand<TInt64> seeds) {
    return tf.random.statelessRandomNormal(size, seeds, TFloat32.class);
  }

  private static String type(GraphDef definition, Operand<?> operand) {
    return new GraphView(definition).node(operand.op().name()).getOp();
  }

  private static TensorValue run(Graph graph, Operand<?> fetched) {
    try (Session session = new Session(graph);
        Result result = session.runner().fetch(fetched.op().name()).run()) {
      return Tensors.toValue(result.get(0));
    }
  }
}
