package dev.recal.ops.pool;

import dev.recal.ops.BuildContext;
import dev.recal.ops.Layer;
import java.util.Arrays;
import org.tensorflow.Operand;
import org.tensorflow.OperationBuilder;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * The maximum over square windows. The padding has the lowest float value, so it is never the
 * maximum.
 *
 * @param size rows and columns of the window
 * @param stride its step
 * @param padding pixels added on every side
 */
public record MaxPool(int size, int stride, int padding) implements Layer {

  /** Rejects windows without pixels and paddings as wide as the window. */
  public MaxPool {
    Pooling.require(size, stride, padding);
  }

  @Override
  public Operand<TFloat32> build(BuildContext context, Operand<TFloat32> x) {
    Pooling.requireFits(x, size, padding);
    Ops tf = context.tf();
    Operand<TFloat32> padded =
        padding == 0
            ? x
            : tf.pad(x, tf.constant(Pooling.border(padding)), tf.constant(-Float.MAX_VALUE));
    // TensorFlow Java offers MaxPoolV2 only, whose window is an input; TensorFlow Lite and
    // TensorFlow.js do not have it.
    OperationBuilder builder = tf.scope().opBuilder("MaxPool", "MaxPool");
    builder.addInput(padded.asOutput());
    builder.setAttr("ksize", sizes(size));
    builder.setAttr("strides", sizes(stride));
    builder.setAttr("padding", "VALID");
    return builder.build().<TFloat32>output(0);
  }

  private static long[] sizes(int side) {
    return Arrays.stream(Pooling.window(side)).asLongStream().toArray();
  }
}
