package dev.recal.graphs.synthesis.oneshot;

import dev.recal.ops.Arguments;
import dev.recal.ops.BuildContext;
import dev.recal.ops.skip.SkipLayerSlim;
import java.util.Objects;
import java.util.Optional;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * The generator of one scale: four {@link ConvolutionBlock}s and a convolution to the image's
 * channels, tanh.
 *
 * <p>Plain SinGAN (Shaham, Dekel, Michaeli 2019, arXiv 1905.01164): G(z, y) = ψ(z + y) + y. With
 * SLIM (Shen, Wu 2021, arXiv 2112.14804) the head's map modulates the last block's, and the image
 * is not added.
 *
 * <p>Variables: {@code head/*}, {@code body1/*} to {@code body3/*}, {@code tail/kernel}, {@code
 * tail/bias}, {@code slim/*}.
 *
 * @param channels of the image, 1 or 3
 * @param width channels of the blocks
 * @param modulation of the last block's map by the head's
 * @param residual whether the image of the scale below is added
 */
public record ScaleGenerator(
    int channels, int width, Optional<SkipLayerSlim> modulation, boolean residual) {

  /** Pixels that the convolutions lose on each side. */
  public static final int BORDER = 5;

  private static final int BODY = 3;

  /** Rejects numbers below 1. */
  public ScaleGenerator {
    Arguments.atLeast(1, "channels", channels);
    Arguments.atLeast(1, "width", width);
    Objects.requireNonNull(modulation, "modulation");
  }

  /**
   * Adds the generator.
   *
   * @param context the scope of its variables
   * @param noise scaled by the scale's amplitude, (N, H, W, channels)
   * @param previous the enlarged image of the scale below, in −1..1, of the same shape
   * @return an image of the same shape, usually in −1..1
   */
  public Operand<TFloat32> build(
      BuildContext context, Operand<TFloat32> noise, Operand<TFloat32> previous) {
    Ops tf = context.tf();
    int[] border = {BORDER, BORDER};
    int[] none = {0, 0};
    Operand<TFloat32> padded =
        tf.pad(
            tf.math.add(noise, previous),
            tf.constant(new int[][] {none, border, border, none}),
            tf.constant(0f));
    Operand<TFloat32> head = ConvolutionBlock.build(context.at("head"), padded, width);
    Operand<TFloat32> map = head;
    for (int i = 1; i <= BODY; i++) {
      map = ConvolutionBlock.build(context.at("body" + i), map, width);
    }
    if (modulation.isPresent()) {
      map = modulation.get().build(context.at("slim"), head, map);
    }
    Operand<TFloat32> image =
        tf.math.tanh(ConvolutionBlock.convolution(context.at("tail"), map, channels));
    return residual ? tf.math.add(image, previous) : image;
  }
}
