package dev.recal.ops.conv;

import dev.recal.ops.Shapes;
import java.util.List;
import java.util.function.BiFunction;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Stack;
import org.tensorflow.op.core.StridedSlice;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/**
 * A sliding window over a map: size, stride, padding and dilation.
 *
 * <p>TensorFlow's gradient of {@code Conv2D} ignores dilations and explicit paddings: silently
 * wrong with SAME, a crash of the JVM with VALID. So padding is an operation of its own, and a
 * dilated window is a plain one between {@code SpaceToBatchND} and {@code BatchToSpaceND}.
 *
 * <p>The gradient of a strided 1×1 kernel over fewer than 16 channels writes past its memory in
 * oneDNN, which ends the JVM (8 channels of 64×64, on a CPU with AVX-512). In this case the map is
 * subsampled to the pixels under the window first, which gives the same result.
 *
 * @param height rows of the kernel, at least 1
 * @param width columns of the kernel, at least 1
 * @param stride at least 1
 * @param padding the border
 * @param dilation at least 1
 */
public record Window(int height, int width, int stride, Padding padding, int dilation) {

  private static final int ONEDNN_BLOCK = 16;

  /** Rejects sizes below 1 and a dilated, strided SAME, which is not defined. */
  public Window {
    requirePositive("kernel", Math.min(height, width));
    requirePositive("stride", stride);
    requirePositive("dilation", dilation);
    if (padding == Padding.SAME && stride > 1 && dilation > 1) {
      throw new IllegalArgumentException(
          "padding: SAME is not defined with stride "
              + stride
              + " and dilation "
              + dilation
              + "; use CENTRED.");
    }
  }

  static void requirePositive(String name, int value) {
    if (value < 1) {
      throw new IllegalArgumentException(name + ": expected at least 1, but got " + value + ".");
    }
  }

  /**
   * Applies an undilated windowed operation.
   *
   * @param x a map (N, H, W, C)
   * @param operation takes a map and TensorFlow's strides and padding word
   */
  Operand<TFloat32> apply(
      Ops tf,
      Operand<TFloat32> x,
      BiFunction<Operand<TFloat32>, Call, Operand<TFloat32>> operation) {
    requireFits(x);
    int[] rows = padding.along(height, stride, dilation);
    int[] columns = padding.along(width, stride, dilation);
    if (dilation > 1) {
      return dilated(tf, x, rows, columns, operation);
    }
    if (height == 1 && width == 1 && stride > 1 && Shapes.channels(x) < ONEDNN_BLOCK) {
      Operand<TFloat32> padded = rows == null ? x : pad(tf, x, rows, columns);
      return operation.apply(strided(tf, padded), new Call(strides(1), "VALID"));
    }
    boolean same =
        rows == null
            || (stride == 1
                && padding != Padding.REFLECTED
                && rows[0] == (height - 1) / 2
                && rows[1] == height - 1 - rows[0]
                && columns[0] == (width - 1) / 2
                && columns[1] == width - 1 - columns[0]);
    if (same) {
      return operation.apply(x, new Call(strides(stride), "SAME"));
    }
    return operation.apply(pad(tf, x, rows, columns), new Call(strides(stride), "VALID"));
  }

  /**
   * TensorFlow's arguments of a windowed operation.
   *
   * @param strides four numbers
   * @param padding SAME or VALID
   */
  record Call(List<Long> strides, String padding) {}

  // Every dilation-th pixel goes to a separate image; the stride is applied to the finished map.
  private Operand<TFloat32> dilated(
      Ops tf,
      Operand<TFloat32> x,
      int[] rows,
      int[] columns,
      BiFunction<Operand<TFloat32>, Call, Operand<TFloat32>> operation) {
    Operand<TInt32> block = tf.constant(new int[] {dilation, dilation});
    Call call = new Call(strides(1), "VALID");
    Operand<TFloat32> whole;
    if (Shapes.hasStaticSize(x)) {
      // TensorFlow knows the result's size only if borders are constants.
      int below = Math.floorMod(-(Shapes.height(x) + rows[0] + rows[1]), dilation);
      int right = Math.floorMod(-(Shapes.width(x) + columns[0] + columns[1]), dilation);
      int[][] border = {{rows[0], rows[1] + below}, {columns[0], columns[1] + right}};
      Operand<TFloat32> spread = tf.spaceToBatchNd(x, block, tf.constant(border));
      Operand<TInt32> surplus = tf.constant(new int[][] {{0, below}, {0, right}});
      whole = tf.batchToSpaceNd(operation.apply(spread, call), block, surplus);
    } else {
      Operand<TFloat32> padded = pad(tf, x, rows, columns);
      Operand<TInt32> size =
          tf.slice(tf.shape(padded), tf.constant(new int[] {1}), tf.constant(new int[] {2}));
      // The remainder of -size: tf2onnx computes remainders of negative numbers differently.
      Operand<TInt32> remainder = tf.math.floorMod(tf.math.sub(size, tf.constant(1)), block);
      Operand<TInt32> missing =
          tf.math.sub(tf.constant(new int[] {dilation - 1, dilation - 1}), remainder);
      Operand<TInt32> surplus = tf.stack(List.of(tf.zerosLike(missing), missing), Stack.axis(1L));
      Operand<TFloat32> spread = tf.spaceToBatchNd(padded, block, surplus);
      whole = tf.batchToSpaceNd(operation.apply(spread, call), block, surplus);
    }
    if (stride == 1) {
      return whole;
    }
    return strided(tf, whole);
  }

  // Every stride-th row and column.
  private Operand<TFloat32> strided(Ops tf, Operand<TFloat32> whole) {
    return tf.stridedSlice(
        whole,
        tf.constant(new int[] {0, 0, 0, 0}),
        tf.constant(new int[] {0, 0, 0, 0}),
        tf.constant(new int[] {1, stride, stride, 1}),
        StridedSlice.beginMask(15L),
        StridedSlice.endMask(15L));
  }

  private Operand<TFloat32> pad(Ops tf, Operand<TFloat32> x, int[] rows, int[] columns) {
    if (rows[0] + rows[1] + columns[0] + columns[1] == 0) {
      return x;
    }
    if (padding == Padding.REFLECTED) {
      return tf.mirrorPad(x, tf.constant(new int[][] {{0, 0}, rows, columns, {0, 0}}), "REFLECT");
    }
    return tf.pad(x, tf.constant(new int[][] {{0, 0}, rows, columns, {0, 0}}), tf.constant(0f));
  }

  private void requireFits(Operand<TFloat32> x) {
    if (!Shapes.hasStaticSize(x)) {
      return;
    }
    int[] rows = padding.along(height, stride, dilation);
    int[] columns = padding.along(width, stride, dilation);
    if (rows == null) {
      return;
    }
    Shape shape = x.shape();
    requireReflects(shape, Math.max(rows[1], columns[1]));
    boolean fits =
        shape.get(1) + rows[0] + rows[1] > (long) dilation * (height - 1)
            && shape.get(2) + columns[0] + columns[1] > (long) dilation * (width - 1);
    if (!fits) {
      throw new IllegalArgumentException(
          "kernel: a window of "
              + height
              + "×"
              + width
              + " with dilation "
              + dilation
              + " and padding "
              + padding
              + " does not fit into a map of shape "
              + shape
              + ".");
    }
  }

  private void requireReflects(Shape shape, int pixels) {
    if (padding == Padding.REFLECTED && Math.min(shape.get(1), shape.get(2)) <= pixels) {
      throw new IllegalArgumentException(
          ("padding: " + pixels + " reflected pixels need a larger map than " + shape)
              + (": expected more rows and columns than are added on a side."));
    }
  }

  private static List<Long> strides(int stride) {
    return List.of(1L, (long) stride, (long) stride, 1L);
  }
}
