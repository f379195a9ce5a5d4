package dev.recal.graphs.network;

import dev.recal.ops.BuildContext;
import dev.recal.ops.Layer;
import dev.recal.ops.SpatialLayer;
import dev.recal.ops.activation.Activation;
import dev.recal.ops.conv.Conv2d;
import dev.recal.ops.norm.Norm;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.tensorflow.Operand;
import org.tensorflow.types.TFloat32;

/**
 * MobileNetV2: inverted residuals with linear bottlenecks.
 *
 * <p>Sandler, Howard, Zhu, Zhmoginov, Chen 2018 (arXiv 1801.04381), as in torchvision: 3×3 with
 * stride 2, blocks of 1×1, depthwise 3×3 and linear 1×1 with ReLU6 between, 1×1 to 1,280 channels.
 *
 * <p>Scopes: {@code stem/conv}, {@code stem/bn} (a deep stem has {@code conv1} to {@code bn3});
 * {@code stage1/block0/conv1}, {@code bn1} (1×1, not where the expansion is 1), {@code conv2},
 * {@code bn2} (depthwise), {@code conv3}, {@code bn3}, {@code recalibration}, {@code guide} (where
 * 1×1 convolutions are dynamic by region); {@code last/conv}, {@code last/bn}; {@code head/dense}.
 * Convolutions have no bias and start He-normal by fan-out; the head starts at U(±1/√C).
 *
 * <p>Stages: {@code stem}, {@code stage1} to the last, {@code last}.
 *
 * @param stages of inverted residuals
 * @param channels of the stem
 * @param lastChannels of the last 1×1; a width multiplier below 1 does not change it
 * @param width multiplies every count of channels, which is then rounded to a multiple of 8
 * @param spatial what stands in place of each depthwise 3×3; empty for the convolution
 * @param pointwise what stands in place of the blocks' 1×1 convolutions; empty for them
 * @param stem what comes before the first stage; {@code IMAGENET} is 3×3 with stride 2, and with
 *     {@code CIFAR} the first stage that would halve the map does not either
 * @param norm after every convolution
 * @param attentive at which places an attentive norm stands instead: {@code BN1} to {@code BN3} and
 *     {@code STEM}; published at {@code BN2}, the depthwise convolutions
 * @param zeroInitialised whether the last norm of each branch that is added starts with γ = 0
 * @param recalibration in every block, in the scope {@code recalibration}; empty for none
 * @param place where in the block: after the linear 1×1 and its norm ({@code BRANCH_END}), after
 *     the depthwise 3×3, its norm and activation ({@code SPATIAL}), or after the addition
 * @param classes of the head
 * @param dropout the share of the head's inputs that training drops
 * @param normalization of the images' colours
 */
public record MobileNetV2(
    List<InvertedStage> stages,
    int channels,
    int lastChannels,
    double width,
    Optional<SpatialLayer> spatial,
    Optional<SpatialLayer> pointwise,
    ResNet.Stem stem,
    Norm norm,
    Optional<AttentivePlaces> attentive,
    boolean zeroInitialised,
    Optional<Layer> recalibration,
    ResNet.Place place,
    int classes,
    float dropout,
    ImageNormalization normalization)
    implements Network {

  private static final int STEM_KERNEL = 3;

  /** Refuses settings that make no network. */
  public MobileNetV2 {
    NetworkChecks.requirePresent("spatial", spatial, "pointwise", pointwise, "stem", stem);
    NetworkChecks.requirePresent("norm", norm, "attentive", attentive);
    NetworkChecks.requirePresent("recalibration", recalibration, "place", place);
    NetworkChecks.requirePresent("normalization", normalization);
    stages = List.copyOf(stages);
    NetworkChecks.requirePositive("stages", stages.size());
    NetworkChecks.requirePositive("channels", channels);
    NetworkChecks.requirePositive("lastChannels", lastChannels);
    NetworkChecks.requireWidth(width);
    NetworkChecks.requireHead(classes, dropout);
    Pointwise.require(pointwise);
    EnumSet<NormPlace> places = EnumSet.complementOf(EnumSet.of(NormPlace.SHORTCUT));
    NetworkChecks.requireFits(attentive, "MobileNetV2", places, stages.size());
  }

  /** For ImageNet, width 1: 1,000 classes, batch norm, a fifth of the head's inputs dropped. */
  public static MobileNetV2 defaults() {
    return new MobileNetV2Builder().build();
  }

  /** Returns attentive norms at the published place, with K = 5, 5, 5, 5, 10, 10, 10. */
  public static AttentivePlaces publishedAttention() {
    return AttentivePlaces.at(NormPlace.BN2).components(List.of(5, 5, 5, 5, 10, 10, 10));
  }

  /** Returns a builder that starts with these settings. */
  public MobileNetV2Builder with() {
    return new MobileNetV2Builder(this);
  }

  @Override
  public MobileNetV2 withClasses(int count) {
    return with().classes(count).build();
  }

  @Override
  public NetworkOutput build(BuildContext context, Operand<TFloat32> images) {
    NetworkChecks.requireImages(images);
    BlockParts parts = new BlockParts(norm, attentive, recalibration, place, Activation.RELU6);
    Map<String, Stage> named = new LinkedHashMap<>();
    boolean small = stem == ResNet.Stem.CIFAR;
    int first = NetworkChecks.scaledByTenths(channels, width);
    Operand<TFloat32> colours = normalization.apply(context.tf(), images);
    Operand<TFloat32> x = parts.stem(context, stem, STEM_KERNEL, first, false, colours);
    int stride = small ? 1 : 2;
    named.put("stem", new Stage(x, stride, first));
    InvertedResiduals blocks =
        new InvertedResiduals(stages, width, parts, spatial, pointwise, zeroInitialised);
    Operand<TFloat32> y = blocks.build(context, x, stride, small, named);
    int last = NetworkChecks.scaledByTenths(lastChannels, Math.max(1, width));
    BuildContext scope = context.at("last");
    Operand<TFloat32> z = parts.activated(scope, "", Conv2d.of(last, 1), norm, y);
    named.put("last", new Stage(z, named.get("stage" + stages.size()).stride(), last));
    return new NetworkOutput(BlockParts.head(context, z, classes, dropout), named);
  }
}
