package dev.recal.graphs.detection;

import dev.recal.ops.Arguments;
import dev.recal.ops.BuildContext;
import dev.recal.ops.conv.Conv2d;
import dev.recal.ops.conv.TransposedConv2d;
import dev.recal.ops.initializer.Initializer;
import dev.recal.ops.initializer.VarianceScaling;
import dev.recal.ops.norm.Norm;
import java.util.Objects;
import java.util.Optional;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * The head of masks: for each class, the object's pixels in a region.
 *
 * <p>He et al. 2017, "Mask R-CNN" (arXiv 1703.06870). 3×3 convolutions with ReLU, a transposed 2×2
 * with stride 2 and ReLU, and a 1×1 to the logits. Kernels start He-normal by fan-out, biases at 0.
 *
 * <p>Scopes: {@code conv1}, {@code bn1} of the norm, and so on; {@code deconv}; {@code classes}.
 *
 * @param size rows and columns of a region's map; a mask has twice as many
 * @param channels of the convolutions
 * @param convolutions before the transposed one
 * @param norm after each of these, which then have no bias; empty for none
 */
public record MaskHead(int size, int channels, int convolutions, Optional<Norm> norm) {

  private static final Initializer START = VarianceScaling.heNormalFanOut();

  /** Rejects counts out of range. */
  public MaskHead {
    Objects.requireNonNull(norm, "norm");
    Arguments.atLeast(1, "size", size);
    Arguments.atLeast(1, "channels", channels);
    Arguments.atLeast(0, "convolutions", convolutions);
  }

  /** Four convolutions of 256 channels on regions of 14×14, without norm. */
  public static MaskHead defaults() {
    return new MaskHead(14, 256, 4, Optional.empty());
  }

  /** Returns a copy with a norm after each convolution but the transposed one. */
  public MaskHead norm(Norm other) {
    return new MaskHead(size, channels, convolutions, Optional.of(other));
  }

  /**
   * Adds the head.
   *
   * @param regions (R, size, size, C)
   * @return logits (R, 2 · size, 2 · size, {@link ClassLayout#regressed})
   * @throws IllegalArgumentException if {@code regions} has another shape
   */
  public Operand<TFloat32> build(
      BuildContext context, Operand<TFloat32> regions, ClassLayout layout) {
    RegionMaps.require(regions, size);
    Ops tf = context.tf();
    ConvolutionTower tower = ConvolutionTower.of(channels, convolutions, norm, START);
    Operand<TFloat32> x = tower.build(context, regions);
    TransposedConv2d deconvolution = new TransposedConv2d(channels, 2, 2, 0, true, START);
    Operand<TFloat32> y = tf.nn.relu(deconvolution.build(context.at("deconv"), x));
    // TensorFlow does not know the size of the transposed one's output if R is unknown.
    int[] sized = {-1, 2 * size, 2 * size, channels};
    Conv2d classes = Conv2d.of(layout.regressed(), 1).biased().initializer(START);
    return classes.build(context.at("classes"), tf.reshape(y, tf.constant(sized)));
  }
}
