package dev.recal.graphs.network;

import dev.recal.ops.BuildContext;
import dev.recal.ops.Layer;
import dev.recal.ops.conv.Conv2d;
import dev.recal.ops.conv.Dense;
import dev.recal.ops.conv.DepthwiseConv2d;
import dev.recal.ops.norm.Norm;
import dev.recal.ops.pool.GlobalAveragePool;
import dev.recal.ops.pool.MaxPool;
import dev.recal.ops.regularization.Dropout;
import java.util.List;
import java.util.Map;
import org.tensorflow.Operand;
import org.tensorflow.types.TFloat32;

/**
 * The parts that networks consist of, built by the shared settings: stem, convolutions with their
 * norms, gates, head. Feature maps are (N, H, W, C).
 *
 * @param settings of the network
 * @param activation after norms; its variables, if any, are in the scope {@code activation}
 */
public record NetworkParts(NetworkSettings settings, Layer activation) {

  /** Rejects missing parts. */
  public NetworkParts {
    NetworkChecks.requirePresent("settings", settings, "activation", activation);
  }

  /**
   * Returns a convolution with its norm, in the scopes {@code conv} and {@code bn} with the suffix,
   * whatever the norm.
   */
  public NormUnit unit(BuildContext scope, String suffix, Layer convolution, Norm norm) {
    return NormUnit.of(this, scope, suffix, norm).after(convolution);
  }

  /** The same without a convolution, for networks whose norms come first. */
  public NormUnit unit(BuildContext scope, String suffix, Norm norm) {
    return NormUnit.of(this, scope, suffix, norm);
  }

  /** Adds the recalibration in the scope {@code recalibration} if this is its place. */
  public Operand<TFloat32> recalibrated(
      BuildContext block, RecalibrationPlace where, Operand<TFloat32> x) {
    return where == settings.place() && settings.recalibration().isPresent()
        ? settings.recalibration().get().build(block.at("recalibration"), x)
        : x;
  }

  /**
   * Normalises the images' colours and adds the stem in the scope {@code stem}, without pooling.
   *
   * @param images (N, H, W, 3)
   * @param kernel of the form for ImageNet, which strides by 2
   * @param channels after scaling by the width
   * @param biased whether its last convolution has a bias
   * @throws IllegalArgumentException if {@code images} has another shape
   */
  public Stage stem(
      BuildContext context, Operand<TFloat32> images, int kernel, int channels, boolean biased) {
    NetworkChecks.requireImages(images);
    Operand<TFloat32> colours = settings.normalization().apply(context.tf(), images);
    BuildContext scope = context.at("stem");
    Norm norm = settings.norm(NormPlace.STEM, 0);
    Conv2d plain = biased ? Conv2d.of(channels, 3).biased() : Conv2d.of(channels, 3);
    return switch (settings.stem()) {
      case IMAGENET -> {
        Conv2d wide = biased ? Conv2d.of(channels, kernel).biased() : Conv2d.of(channels, kernel);
        yield new Stage(unit(scope, "", wide.stride(2), norm).activated(colours), 2, channels);
      }
      case CIFAR -> new Stage(unit(scope, "", plain, norm).activated(colours), 1, channels);
      case DEEP -> {
        Conv2d half = Conv2d.of(Math.max(1, channels / 2), 3);
        Operand<TFloat32> first = unit(scope, "1", half.stride(2), norm).activated(colours);
        Operand<TFloat32> second = unit(scope, "2", half, norm).activated(first);
        yield new Stage(unit(scope, "3", plain, norm).activated(second), 2, channels);
      }
    };
  }

  /**
   * Adds the 3×3 max-pooling with stride 2 after a stem, but none after the one for small images.
   */
  public Stage pooled(BuildContext context, Stage stem) {
    if (settings.stem() == Stem.CIFAR) {
      return stem;
    }
    BuildContext scope = context.at("stem").at("pool");
    Operand<TFloat32> map = new MaxPool(3, 2, 1).build(scope, stem.map());
    return new Stage(map, 2 * stem.stride(), stem.channels());
  }

  /** Returns a convolution, or the spatial layer that replaces it. */
  public Layer spatial(Conv2d convolution) {
    return settings
        .spatial()
        .map(layer -> layer.sized(convolution.channels(), convolution.window().stride()))
        .orElse(convolution);
  }

  /** Returns a depthwise 3×3, or the spatial layer that replaces it. */
  public Layer depthwise(int channels, int stride) {
    return settings
        .spatial()
        .map(layer -> layer.sized(channels, stride))
        .orElseGet(() -> DepthwiseConv2d.of(3, stride));
  }

  /**
   * Adds the mean over the map, dropout and a dense layer, in the scope {@code head}.
   *
   * @return logits, (N, classes)
   */
  public Operand<TFloat32> head(BuildContext context, Operand<TFloat32> x) {
    BuildContext scope = context.at("head");
    Operand<TFloat32> features = GlobalAveragePool.mean(scope.tf(), x);
    Operand<TFloat32> kept = new Dropout(settings.dropout()).build(scope.at("dropout"), features);
    return Dense.of(settings.classes()).build(scope.at("dense"), kept);
  }

  /**
   * Adds the head on the last of a network's stages.
   *
   * @param stages from the finest to the coarsest, at least one
   */
  public NetworkOutput output(BuildContext context, Map<String, Stage> stages) {
    Stage last = List.copyOf(stages.values()).get(stages.size() - 1);
    return new NetworkOutput(head(context, last.map()), stages);
  }
}
