package dev.recal.ops.fusion;

import dev.recal.ops.Shapes;
import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TFloat64;

/**
 * The mean over H and W as a matrix (N, C) in double precision, in one pass over the map.
 *
 * <p>oneDNN's average pooling is the fastest reduction on a CPU: it reads a map in half the time of
 * a copy, whereas {@code Mean} and XLA's sums take up to three times as long. It pools over small
 * windows, whose means are then averaged in double precision: the rounding to the map's format,
 * which is bfloat16 after the bfloat16 rewrite, is spread over many values and cancels.
 *
 * @param height rows of the map
 * @param width columns of the map
 */
record PixelMeans(int height, int width) {

  private static final int MAX_SIDE = 8;
  private static final int MIN_SIDE = 4;

  static PixelMeans of(Operand<TFloat32> x) {
    return new PixelMeans(Shapes.height(x), Shapes.width(x));
  }

  int pixels() {
    return height * width;
  }

  /** Adds the operations; queries no static shape. */
  Operand<TFloat64> mean(Ops tf, Operand<TFloat32> x) {
    List<Long> window = List.of(1L, (long) side(height), (long) side(width), 1L);
    Operand<TFloat32> parts = tf.nn.avgPool(x, window, window, "VALID");
    return tf.math.mean(tf.dtypes.cast(parts, TFloat64.class), tf.constant(new int[] {1, 2}));
  }

  /** Returns a divisor near 8, or the whole length. */
  static int side(int length) {
    for (int side = MAX_SIDE; side >= MIN_SIDE; side--) {
      if (length % side == 0) {
        return side;
      }
    }
    return length;
  }
}
