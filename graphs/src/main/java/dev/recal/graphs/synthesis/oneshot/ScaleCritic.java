package dev.recal.graphs.synthesis.oneshot;

import dev.recal.ops.Arguments;
import dev.recal.ops.BuildContext;
import dev.recal.ops.Shapes;
import java.util.ArrayList;
import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
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
    Operand<TFloat32> map = ConvolutionBlock.build(context.at("head"), images, width);
    for (int i = 1; i <= BODY; i++) {
      map = ConvolutionBlock.build(context.at("body" + i), map, width);
    }
    return ConvolutionBlock.convolution(context.at("tail"), map, 1);
  }

  /**
   * Adds the gradient of the sum of the critic's values at the images, in training phase. The
   * backward pass is written out, so it can be differentiated, with fewer passes over memory than
   * TensorFlow's gradient of its own gradient.
   *
   * @param context the scope of the critic's variables
   * @param images in −1..1, (N, H, W, C)
   * @return of the shape of the images
   */
  Operand<TFloat32> slope(BuildContext context, Operand<TFloat32> images) {
    Ops tf = context.tf();
    List<ConvolutionBlock.Open> blocks = new ArrayList<>();
    blocks.add(ConvolutionBlock.Open.build(context.at("head"), images, width));
    for (int i = 1; i <= BODY; i++) {
      Operand<TFloat32> below = blocks.get(i - 1).output();
      blocks.add(ConvolutionBlock.Open.build(context.at("body" + i), below, width));
    }
    Operand<TFloat32> last = blocks.get(BODY).output();
    Operand<TFloat32> kernel = ConvolutionBlock.kernel(context.at("tail"), last, 1);
    int[] values = {(int) last.shape().get(0), Shapes.height(last) - 2, Shapes.width(last) - 2, 1};
    Operand<TFloat32> ones = tf.fill(tf.constant(values), tf.constant(1f));
    Operand<TFloat32> gradient = ConvolutionBlock.Open.backward(tf, last, kernel, ones);
    for (int i = BODY; i >= 0; i--) {
      gradient = blocks.get(i).backward(tf, gradient);
    }
    return gradient;
  }
}
