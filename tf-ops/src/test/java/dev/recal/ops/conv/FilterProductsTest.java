package dev.recal.ops.conv;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.recal.ops.BuildContext;
import dev.recal.ops.ProductFormat;
import dev.recal.ops.Replicas;
import dev.recal.ops.Tower;
import dev.recal.ops.Variable;
import dev.recal.ops.VariableStore;
import dev.recal.ops.gradient.Gradients;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.tensorflow.Graph;
import org.tensorflow.GraphOperation;
import org.tensorflow.Operand;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/** Filter gradients by products of matrices, against TensorFlow's operation. */
class FilterProductsTest {

  @ParameterizedTest
  @CsvSource({
    "1, 1, CENTRED, 9, 20, true",
    "3, 3, CENTRED, 7, 8, true",
    "3, 3, VALID, 7, 5, true",
    "3, 3, REFLECTED, 5, 6, true",
    "1, 3, CENTRED, 4, 6, true",
    "2, 2, SAME, 5, 5, true",
    "3, 3, CENTRED, 9, 8, false"
  })
  void gradientsAreThoseOfTheConvolution(
      int height, int width, Padding.Rule padding, int rows, int columns, boolean products) {
    Conv2d layer = Conv2d.of(4, 1).window(new Window(height, width, 1, padding, 1));
    Run plain = run(layer, ProductFormat.FLOAT32, rows, columns);
    Run other = run(layer, ProductFormat.REWRITTEN, rows, columns);
    assertThat(plain.filterOperations).isEqualTo(1);
    assertThat(other.filterOperations).isEqualTo(products ? 0 : 1);
    for (int i = 0; i < plain.values.size(); i++) {
      for (int k = 0; k < plain.values.get(i).length; k++) {
        assertThat(other.values.get(i)[k]).isCloseTo(plain.values.get(i)[k], within(2e-4f));
      }
    }
  }

  private record Run(List<float[]> values, int filterOperations) {}

  private static Run run(Conv2d layer, ProductFormat format, int rows, int columns) {
    try (Graph graph = new Graph();
        Session session = new Session(graph)) {
      VariableStore store = new VariableStore(graph, 1, format, Replicas.single());
      BuildContext context = BuildContext.of(store, Tower.training());
      Ops tf = context.tf();
      Operand<TFloat32> x = random(tf, Shape.of(2, rows, columns, 3), 1);
      Operand<TFloat32> y = layer.build(context.at("conv"), x);
      Operand<TFloat32> loss = tf.nn.l2Loss(tf.math.mul(y, random(tf, y.shape(), 2)));
      List<Operand<TFloat32>> sources = new ArrayList<>(List.of(x));
      store.trainable().stream().map(Variable::read).forEach(sources::add);
      List<Operand<TFloat32>> all = new ArrayList<>(Gradients.of(loss, sources));
      all.add(y);
      store.initialize(session);
      Session.Runner runner = session.runner();
      all.forEach(runner::fetch);
      List<float[]> values = new ArrayList<>();
      try (Result result = runner.run()) {
        for (int i = 0; i < all.size(); i++) {
          TFloat32 tensor = (TFloat32) result.get(i);
          float[] array = new float[(int) tensor.size()];
          tensor.asRawTensor().data().asFloats().read(array);
          values.add(array);
        }
      }
      int filterOperations = 0;
      for (Iterator<GraphOperation> i = graph.operations(); i.hasNext(); ) {
        filterOperations += i.next().type().equals("Conv2DBackpropFilter") ? 1 : 0;
      }
      return new Run(values, filterOperations);
    }
  }

  private static Operand<TFloat32> random(Ops tf, Shape shape, int seed) {
    Random random = new Random(seed);
    float[] values = new float[(int) shape.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return tf.constant(shape, DataBuffers.of(values));
  }
}
