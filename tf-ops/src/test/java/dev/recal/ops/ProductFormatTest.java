package dev.recal.ops;

import static org.assertj.core.api.Assertions.assertThat;

import dev.recal.ops.conv.Conv2d;
import dev.recal.ops.conv.Dense;
import dev.recal.ops.conv.DepthwiseConv2d;
import dev.recal.ops.conv.TransposedConv2d;
import dev.recal.ops.gradient.Gradients;
import dev.recal.ops.runtime.Sessions;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.tensorflow.Graph;
import org.tensorflow.GraphOperation;
import org.tensorflow.Operand;
import org.tensorflow.Operation;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.op.Ops;
import org.tensorflow.proto.DataType;
import org.tensorflow.types.TFloat32;

class ProductFormatTest {

  static List<Layer> layers() {
    return List.of(
        Conv2d.of(6, 3),
        Conv2d.of(6, 3).dilation(2).biased(),
        Conv2d.of(6, 3).stride(2).groups(2),
        DepthwiseConv2d.of(3, 1),
        TransposedConv2d.of(5, 4, 2),
        new Flattened(Dense.of(7)));
  }

  private record Flattened(Dense dense) implements Layer {
    @Override
    public Operand<TFloat32> build(BuildContext context, Operand<TFloat32> x) {
      Ops tf = context.tf();
      return dense.build(context, tf.reshape(x, tf.constant(new int[] {2, 8 * 8 * 4})));
    }
  }

  @ParameterizedTest
  @MethodSource("layers")
  void outputsAndGradientsAreCloseToFloat32(Layer layer) {
    List<float[]> expected = run(layer, ProductFormat.FLOAT32, Set.of());
    List<float[]> rounded = run(layer, ProductFormat.BFLOAT16, Set.of(DataType.DT_BFLOAT16));
    for (int i = 0; i < expected.size(); i++) {
      double error = 0;
      double norm = 0;
      for (int k = 0; k < expected.get(i).length; k++) {
        error += Math.pow(expected.get(i)[k] - rounded.get(i)[k], 2);
        norm += Math.pow(expected.get(i)[k], 2);
      }
      // Two factors of 8 bits each, and a result of 8 bits. Kernels for CPUs without instructions
      // for bfloat16 round partial sums, too (measured: 0.011).
      assertThat(Math.sqrt(error / norm)).as("value %d", i).isBetween(1e-6, 0.03);
    }
  }

  // The output, then the gradients of half its squares, of the input and of each variable.
  private static List<float[]> run(Layer layer, ProductFormat format, Set<DataType> products) {
    try (Graph graph = new Graph()) {
      VariableStore store = new VariableStore(graph, 3, format, Replicas.single());
      BuildContext context = BuildContext.of(store, Tower.training());
      Ops tf = context.tf();
      Operand<TFloat32> x =
          tf.random.statelessRandomNormal(
              tf.constant(new int[] {2, 8, 8, 4}), tf.constant(new long[] {1, 2}), TFloat32.class);
      Operand<TFloat32> y = layer.build(context.at("layer"), x);
      List<Operand<TFloat32>> inputs = new ArrayList<>(List.of(x));
      store.trainable().forEach(variable -> inputs.add(variable.read()));
      List<Operand<TFloat32>> fetched = new ArrayList<>(List.of(y));
      fetched.addAll(Gradients.of(tf.nn.l2Loss(y), inputs));
      if (!products.isEmpty()) {
        assertThat(typesOfProducts(graph)).isEqualTo(products);
      }
      try (Session session = Sessions.unoptimised(graph)) {
        store.initialize(session);
        Session.Runner runner = session.runner();
        fetched.forEach(runner::fetch);
        try (Result result = runner.run()) {
          List<float[]> values = new ArrayList<>();
          for (int i = 0; i < fetched.size(); i++) {
            var data = result.get(i).asRawTensor().data().asFloats();
            float[] array = new float[(int) data.size()];
            data.read(array);
            values.add(array);
          }
          return values;
        }
      }
    }
  }

  private static Set<DataType> typesOfProducts(Graph graph) {
    Set<DataType> types = new HashSet<>();
    for (Iterator<GraphOperation> all = graph.operations(); all.hasNext(); ) {
      Operation operation = all.next();
      if (operation.type().matches(".*(Conv2d|Conv2D|MatMul).*")) {
        types.add(operation.output(0).dataType());
      }
    }
    return types;
  }
}
