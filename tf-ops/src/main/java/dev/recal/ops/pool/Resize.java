package dev.recal.ops.pool;

import dev.recal.ops.Shapes;
import java.util.stream.IntStream;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.op.image.ResizeBicubic;
import org.tensorflow.op.image.ResizeBilinear;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/** Resizing of feature maps. */
public enum Resize {
  /** The pixel at floor(i · from / to), PyTorch's {@code nearest}. */
  NEAREST {
    @Override
    public Operand<TFloat32> to(Ops tf, Operand<TFloat32> x, Operand<TInt32> size) {
      return tf.image.resizeNearestNeighbor(x, size);
    }
  },
  /** Linear between pixel centres, without anti-aliasing; PyTorch's {@code align_corners=False}. */
  BILINEAR {
    @Override
    public Operand<TFloat32> to(Ops tf, Operand<TFloat32> x, Operand<TInt32> size) {
      return tf.image.resizeBilinear(x, size, ResizeBilinear.halfPixelCenters(true));
    }
  },
  /** Cubic (a = −0.5, TensorFlow's kernel) between pixel centres, without anti-aliasing. */
  BICUBIC {
    @Override
    public Operand<TFloat32> to(Ops tf, Operand<TFloat32> x, Operand<TInt32> size) {
      return tf.image.resizeBicubic(x, size, ResizeBicubic.halfPixelCenters(true));
    }
  };

  /**
   * Resizes {@code x}.
   *
   * @param size (2): height and width
   */
  public abstract Operand<TFloat32> to(Ops tf, Operand<TFloat32> x, Operand<TInt32> size);

  /**
   * Resizes {@code x} like {@link #NEAREST}, by constant indices: converters derive a map's size
   * from a ratio in single precision, which loses a row where it is not exact.
   *
   * @param x of a known size
   * @param height of the result
   * @param width of the result
   */
  public static Operand<TFloat32> nearestByIndex(
      Ops tf, Operand<TFloat32> x, int height, int width) {
    Operand<TFloat32> rows =
        tf.gather(x, tf.constant(nearest(Shapes.height(x), height)), tf.constant(1));
    return tf.gather(rows, tf.constant(nearest(Shapes.width(x), width)), tf.constant(2));
  }

  // In single precision, as TensorFlow's kernel computes them.
  private static int[] nearest(int from, int to) {
    float scale = from / (float) to;
    return IntStream.range(0, to)
        .map(i -> Math.min((int) Math.floor(i * scale), from - 1))
        .toArray();
  }

  /**
   * Resizes {@code x} to the height and width of another map, which may be unknown until run time.
   */
  public Operand<TFloat32> like(Ops tf, Operand<TFloat32> x, Operand<TFloat32> target) {
    if (Shapes.hasStaticSize(target)) {
      return to(tf, x, tf.constant(new int[] {Shapes.height(target), Shapes.width(target)}));
    }
    return to(
        tf, x, tf.slice(tf.shape(target), tf.constant(new int[] {1}), tf.constant(new int[] {2})));
  }
}
