package dev.recal.ops.pool;

import dev.recal.ops.BuildContext;
import dev.recal.ops.Layer;
import dev.recal.ops.Products;
import dev.recal.ops.Shapes;
import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/**
 * The mean over size × size cells: cell i covers rows floor(i·H/size) to ceil((i+1)·H/size), and
 * the same for columns, so that cells overlap if the size does not divide evenly.
 *
 * <p>PyTorch's definition. Equal cells are computed by one pooling, otherwise by one product with
 * an averaging matrix (size², H·W), which is built in the graph, so H and W may be unknown until
 * run time.
 *
 * @param size rows and columns of the result
 */
public record AdaptiveAveragePool(int size) implements Layer {

  /** Rejects sizes below 1. */
  public AdaptiveAveragePool {
    if (size < 1) {
      throw new IllegalArgumentException("size: expected at least 1, but got " + size + ".");
    }
  }

  @Override
  public Operand<TFloat32> build(BuildContext context, Operand<TFloat32> x) {
    return pool(context.tf(), x, size);
  }

  /** Returns a map (N, size, size, C). */
  public static Operand<TFloat32> pool(Ops tf, Operand<TFloat32> x, int size) {
    if (Shapes.hasStaticSize(x)) {
      int height = Shapes.height(x);
      int width = Shapes.width(x);
      if (height % size == 0 && width % size == 0) {
        List<Long> window = List.of(1L, (long) height / size, (long) width / size, 1L);
        return tf.nn.avgPool(x, window, window, "VALID");
      }
    }
    int channels = Shapes.channels(x);
    Operand<TInt32> whole = tf.shape(x);
    Operand<TInt32> height = dimension(tf, whole, 1);
    Operand<TInt32> width = dimension(tf, whole, 2);
    Operand<TFloat32> rows =
        tf.reshape(cells(tf, height, size), tf.constant(new int[] {size, 1, -1, 1}));
    Operand<TFloat32> columns =
        tf.reshape(cells(tf, width, size), tf.constant(new int[] {1, size, 1, -1}));
    Operand<TFloat32> shares =
        tf.reshape(tf.math.mul(rows, columns), tf.constant(new int[] {size * size, -1}));
    Operand<TInt32> pixels =
        tf.stack(List.of(tf.constant(-1), tf.math.mul(height, width), tf.constant(channels)));
    Operand<TFloat32> means = Products.batched(tf, shares, tf.reshape(x, pixels));
    return tf.reshape(means, tf.constant(new int[] {-1, size, size, channels}));
  }

  // Row i holds 1/count where the cell covers a pixel and 0 elsewhere.
  private static Operand<TFloat32> cells(Ops tf, Operand<TInt32> length, int size) {
    Operand<TInt32> index = tf.reshape(tf.constant(range(size)), tf.constant(new int[] {size, 1}));
    Operand<TInt32> count = tf.constant(size);
    Operand<TInt32> start = tf.math.floorDiv(tf.math.mul(index, length), count);
    // Rounded up without negative numbers, which ONNX's division rounds in the other direction.
    Operand<TInt32> after = tf.math.mul(tf.math.add(index, tf.constant(1)), length);
    Operand<TInt32> end = tf.math.floorDiv(tf.math.add(after, tf.constant(size - 1)), count);
    Operand<TInt32> pixel = tf.range(tf.constant(0), length, tf.constant(1));
    Operand<TFloat32> covered =
        tf.dtypes.cast(
            tf.math.logicalAnd(tf.math.greaterEqual(pixel, start), tf.math.less(pixel, end)),
            TFloat32.class);
    Operand<TFloat32> pixels = tf.dtypes.cast(tf.math.sub(end, start), TFloat32.class);
    return tf.math.div(covered, pixels);
  }

  // Not sliced and reshaped: TensorFlow 2.7 drops the reshape.
  private static Operand<TInt32> dimension(Ops tf, Operand<TInt32> whole, int index) {
    return tf.gather(whole, tf.constant(index), tf.constant(0));
  }

  private static int[] range(int size) {
    int[] numbers = new int[size];
    for (int i = 0; i < size; i++) {
      numbers[i] = i;
    }
    return numbers;
  }
}
