package dev.recal.models.features;

import dev.recal.ops.GraphScope;
import dev.recal.ops.Variable;
import dev.recal.ops.VariableSpec;
import dev.recal.ops.VariableStore;
import dev.recal.ops.initializer.Initializer;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/**
 * The layers of a feature network, built with its published weights.
 *
 * @param store takes the variables
 * @param tensors the weights
 * @param values gets the variables' values by path
 */
record BackboneGraph(VariableStore store, LpipsWeights tensors, Map<String, float[]> values) {

  /**
   * Adds a layer: pooling, if it has one, convolution, ReLU.
   *
   * @throws IOException if a tensor is missing or of another shape
   */
  Operand<TFloat32> add(LpipsBackbone.Layer layer, Operand<TFloat32> x) throws IOException {
    String name = "conv" + layer.index();
    int size = layer.kernel();
    Shape shape = Shape.of(size, size, layer.in(), layer.out());
    Operand<TFloat32> kernel = variable(name + "/kernel", shape, tensors.kernel(layer));
    Operand<TFloat32> bias = variable(name + "/bias", Shape.of(layer.out()), tensors.bias(layer));
    return convolved(GraphScope.ops(store.graph()), x, layer, kernel, bias);
  }

  private static Operand<TFloat32> convolved(
      Ops tf,
      Operand<TFloat32> x,
      LpipsBackbone.Layer layer,
      Operand<TFloat32> kernel,
      Operand<TFloat32> bias) {
    Operand<TFloat32> map = x;
    if (layer.pool() > 0) {
      Operand<TInt32> window = tf.constant(new int[] {1, layer.pool(), layer.pool(), 1});
      map = tf.nn.maxPool(map, window, tf.constant(new int[] {1, 2, 2, 1}), "VALID");
    }
    int zeros = layer.padding();
    Operand<TFloat32> padded =
        tf.pad(
            map,
            tf.constant(new int[][] {{0, 0}, {zeros, zeros}, {zeros, zeros}, {0, 0}}),
            tf.constant(0f));
    List<Long> strides = List.of(1L, (long) layer.stride(), (long) layer.stride(), 1L);
    return tf.nn.relu(tf.nn.biasAdd(tf.nn.conv2d(padded, kernel, strides, "VALID"), bias));
  }

  /** Adds a variable with a value, and returns its value in the graph. */
  Operand<TFloat32> variable(String path, Shape shape, float[] value) {
    String word = path.substring(path.lastIndexOf('/') + 1);
    Variable<TFloat32> variable =
        store.create(path, VariableSpec.statistic(word, shape, Initializer.zeros()));
    values.put(path, value);
    return variable.read();
  }
}
