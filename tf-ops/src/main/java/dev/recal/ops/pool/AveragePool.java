package dev.recal.ops.pool;

import dev.recal.ops.BuildContext;
import dev.recal.ops.Layer;
import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/**
 * The mean over square windows; padding is not counted.
 *
 * @param size rows and columns of the window
 * @param stride its step
 * @param padding pixels added on every side
 * @param ceiling whether a partial last window is kept if the size of the map is odd; for size and
 *     stride 2
 */
public record AveragePool(int size, int stride, int padding, boolean ceiling) implements Layer {

  /** Rejects windows without pixels and paddings as wide as the window. */
  public AveragePool {
    Pooling.require(size, stride, padding);
    if (ceiling && (size != 2 || stride != 2 || padding != 0)) {
      throw new IllegalArgumentException(
          "ceiling: expected size 2, stride 2 and no padding, but got size "
              + size
              + ", stride "
              + stride
              + " and padding "
              + padding
              + ".");
    }
  }

  /** Adjacent windows without padding; a remainder of the map is dropped. */
  public static AveragePool of(int size) {
    return new AveragePool(size, size, 0, false);
  }

  @Override
  public Operand<TFloat32> build(BuildContext context, Operand<TFloat32> x) {
    Ops tf = context.tf();
    if (!ceiling) {
      Pooling.requireFits(x, size, padding);
    }
    if (padding == 0) {
      return pool(tf, x, ceiling ? "SAME" : "VALID");
    }
    Operand<TInt32> border = tf.constant(Pooling.border(padding));
    Operand<TInt32> size = tf.shape(x);
    Operand<TInt32> plane =
        tf.concat(
            List.of(
                tf.constant(new int[] {1}),
                tf.slice(size, tf.constant(new int[] {1}), tf.constant(new int[] {2})),
                tf.constant(new int[] {1})),
            tf.constant(0));
    Operand<TFloat32> ones = tf.fill(plane, tf.constant(1f));
    Operand<TFloat32> zero = tf.constant(0f);
    return tf.math.div(
        pool(tf, tf.pad(x, border, zero), "VALID"), pool(tf, tf.pad(ones, border, zero), "VALID"));
  }

  // With size and stride 2, SAME pads the odd row and column at the end and does not count them.
  private Operand<TFloat32> pool(Ops tf, Operand<TFloat32> x, String word) {
    List<Long> window = List.of(1L, (long) size, (long) size, 1L);
    List<Long> step = List.of(1L, (long) stride, (long) stride, 1L);
    return tf.nn.avgPool(x, window, step, word);
  }
}
