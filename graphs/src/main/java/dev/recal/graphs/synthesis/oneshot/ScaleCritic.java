package dev.recal.graphs.synthesis.oneshot;

import dev.recal.ops.Arguments;
import dev.recal.ops.BuildContext;
import org.tensorflow.Operand;
import org.tensorflow.types.TFloat32;

/**
 * The critic of one scale, a Markovian discriminator: four {@link ConvolutionBlock}s and a
 * convolution to one value for each patch of 11×11 pixels, which the Wasserstein loss averages.
 *
 * <p>Variables: {@code head/*}, {@code body1/*} to {@code body3/*}, {@code tail/kernel}, {@code
 * tail/bias}.
 *
 * @param width channels of the blocks
 */
public record ScaleCritic(int width) {

  private static final int BODY = 3;

  /** Rejects numbers below 1. */
  public ScaleCritic {
    Arguments.atLeast(1, "width", width);
  }

  /**
   * Adds the critic.
   *
   * @param context the scope of its variables
   * @param images in −1..1, (N, H, W, C)
   * @return (N, H − 10, W − 10, 1)
   */
  public Operand<TFloat32> build(BuildContext context, Operand<TFloat32> images) {
    return build(context, images, ConvolutionBlock::build);
  }

  /**
   * Adds the critic in training phase, from operations that TensorFlow can differentiate twice.
   *
   * @param context the scope of its variables
   * @param images in −1..1, (N, H, W, C)
   * @return (N, H − 10, W − 10, 1)
   */
  public Operand<TFloat32> twiceDifferentiable(BuildContext context, Operand<TFloat32> images) {
    return build(context, images, ConvolutionBlock::twiceDifferentiable);
  }

  private interface Block {
    Operand<TFloat32> build(BuildContext context, Operand<TFloat32> x, int width);
  }

  private Operand<TFloat32> build(BuildContext context, Operand<TFloat32> images, Block block) {
    Operand<TFloat32> map = block.build(context.at("head"), images, width);
    for (int i = 1; i <= BODY; i++) {
      map = block.build(context.at("body" + i), map, width);
    }
    return ConvolutionBlock.convolution(context.at("tail"), map, 1);
  }
}
