package dev.recal.graphs.style;

import dev.recal.ops.Arguments;
import dev.recal.ops.BuildContext;
import dev.recal.ops.Layer;
import dev.recal.ops.Shapes;
import dev.recal.ops.norm.InstanceNorm;
import dev.recal.ops.norm.Norm;
import java.util.Objects;
import java.util.Optional;
import org.tensorflow.Operand;
import org.tensorflow.types.TFloat32;

/**
 * The feed-forward network that gives images a style: 9×9 convolution, two of stride 2, residual
 * blocks at a quarter of the size, two upsamplings, 9×9 convolution.
 *
 * <p>Johnson, Alahi, Fei-Fei 2016, "Perceptual Losses for Real-Time Style Transfer and
 * Super-Resolution" (arXiv 1603.08155); code: github jcjohnson/fast-neural-style, and the example
 * fast_neural_style of github pytorch/examples. Differences: colours are red, green, blue in both
 * variants, biases start at 0, and results are cropped to the size of images whose sides are not
 * multiples of 4. The norm's recalibration follows it, as in style recalibration's paper (arXiv
 * 1903.10829).
 *
 * @param variant which of the two published forms
 * @param width channels of the first convolution; the others have twice and four times as many
 * @param blocks residual blocks
 * @param norm after every convolution but the last one
 * @param recalibration after each norm; empty for none
 */
public record StyleTransformer(
    StyleVariant variant, int width, int blocks, Norm norm, Optional<Layer> recalibration) {

  private static final int WIDTH = 32;
  private static final int BLOCKS = 5;
  // A quarter of this has two pixels, of which one can be reflected.
  private static final int SMALLEST = 5;

  /** Rejects missing parts and numbers below 1. */
  public StyleTransformer {
    Objects.requireNonNull(variant, "variant");
    Objects.requireNonNull(norm, "norm");
    Objects.requireNonNull(recalibration, "recalibration");
    Arguments.atLeast(1, "width", width);
    Arguments.atLeast(1, "blocks", blocks);
  }

  /** PyTorch's example, with instance norm. */
  public static StyleTransformer defaults() {
    return new StyleTransformer(
        StyleVariant.PYTORCH, WIDTH, BLOCKS, InstanceNorm.defaults(), Optional.empty());
  }

  /** Returns the same in another form. */
  public StyleTransformer with(StyleVariant other) {
    return new StyleTransformer(other, width, blocks, norm, recalibration);
  }

  /** Returns the same with another norm. */
  public StyleTransformer with(StyleNorm other) {
    return new StyleTransformer(variant, width, blocks, other.norm(), other.recalibration());
  }

  /** Returns the smallest height and width of an image. */
  public int minimumSide() {
    return variant == StyleVariant.JOHNSON ? border() + 1 : SMALLEST;
  }

  /** The pixels that residual blocks without padding take from each side of the image. */
  int border() {
    return 8 * blocks;
  }

  /**
   * Adds the network.
   *
   * @param images (N, H, W, 3) in 0–1, H and W at least {@link #minimumSide}
   * @return images of the same shape; most values are in 0–1, but they are not clipped
   * @throws IllegalArgumentException if the images have another shape
   */
  public Operand<TFloat32> build(BuildContext context, Operand<TFloat32> images) {
    Arguments.require(Shapes.channels(images) == 3, "images", "three channels", images.shape());
    if (Shapes.hasStaticSize(images)) {
      Arguments.atLeast(minimumSide(), "images", Shapes.height(images));
      Arguments.atLeast(minimumSide(), "images", Shapes.width(images));
    }
    return new TransformerGraph(this, context).build(images);
  }
}
