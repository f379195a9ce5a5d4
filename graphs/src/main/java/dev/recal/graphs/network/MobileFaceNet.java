package dev.recal.graphs.network;

import dev.recal.ops.BuildContext;
import dev.recal.ops.Layer;
import dev.recal.ops.Shapes;
import dev.recal.ops.SpatialLayer;
import dev.recal.ops.activation.ParametricRelu;
import dev.recal.ops.conv.Conv2d;
import dev.recal.ops.conv.DepthwiseConv2d;
import dev.recal.ops.conv.Padding;
import dev.recal.ops.conv.Window;
import dev.recal.ops.initializer.VarianceScaling;
import dev.recal.ops.norm.Norm;
import dev.recal.ops.regularization.Dropout;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * MobileFaceNet: inverted residuals whose last map is brought to an embedding by a depthwise
 * convolution of the map's size, with an {@link ArcFace} head.
 *
 * <p>Chen, Liu, Gao, Han 2018 (arXiv 1804.07573): 3×3 with stride 2, depthwise 3×3, five stages,
 * 1×1 to 512 channels, linear depthwise 7×7 (at 112×112), linear 1×1 to 128 values, PReLU
 * throughout.
 *
 * <p>Scopes: {@code stem/conv}, {@code stem/bn}, {@code stem/activation} (a deep stem has {@code
 * conv1} to {@code activation3}), {@code stem/depthwise/conv}, …; blocks as in {@link MobileNetV2},
 * with {@code activation1} and {@code activation2}; {@code last/conv}, {@code last/bn}, {@code
 * last/activation}; {@code pool/conv}, {@code pool/bn}; {@code embedding/conv}, {@code
 * embedding/bn}; {@code head/kernel}. Convolutions have no bias and start He-normal by fan-out.
 *
 * <p>Stages: {@code stem}, {@code stage1} to the last, {@code last}, {@code embedding} (a map of
 * one pixel).
 *
 * @param stages of inverted residuals
 * @param channels of the stem
 * @param lastChannels of the last 1×1 before the map becomes one pixel
 * @param embedding values of the embedding, which the width does not change
 * @param width multiplies every other count of channels, which is then rounded to a multiple of 8
 * @param spatial what stands in place of the blocks' depthwise 3×3; empty for the convolution
 * @param pointwise what stands in place of the blocks' 1×1 convolutions; empty for them
 * @param stem what comes first; {@code IMAGENET} is 3×3 with stride 2, and with {@code CIFAR} the
 *     first stage does not halve the map either
 * @param norm after every convolution
 * @param attentive at which places an attentive norm stands instead: {@code BN1} to {@code BN3} and
 *     {@code STEM}
 * @param zeroInitialised whether the last norm of each branch that is added starts with γ = 0
 * @param recalibration in every block, in the scope {@code recalibration}; empty for none
 * @param place where in the block, as in {@link MobileNetV2}
 * @param head the margin and scale of the logits
 * @param classes identities of the head
 * @param dropout the share of the embedding that training drops before the head
 * @param normalization of the images' colours
 */
public record MobileFaceNet(
    List<InvertedStage> stages,
    int channels,
    int lastChannels,
    int embedding,
    double width,
    Optional<SpatialLayer> spatial,
    Optional<SpatialLayer> pointwise,
    ResNet.Stem stem,
    Norm norm,
    Optional<AttentivePlaces> attentive,
    boolean zeroInitialised,
    Optional<Layer> recalibration,
    ResNet.Place place,
    ArcFace head,
    int classes,
    float dropout,
    ImageNormalization normalization)
    implements Network {

  private static final int STEM_KERNEL = 3;

  /** Refuses settings that make no network. */
  public MobileFaceNet {
    NetworkChecks.requirePresent("spatial", spatial, "pointwise", pointwise, "stem", stem);
    NetworkChecks.requirePresent("norm", norm, "attentive", attentive, "head", head);
    NetworkChecks.requirePresent("recalibration", recalibration, "place", place);
    NetworkChecks.requirePresent("normalization", normalization);
    stages = List.copyOf(stages);
    NetworkChecks.requirePositive("stages", stages.size());
    NetworkChecks.requirePositive("channels", channels);
    NetworkChecks.requirePositive("lastChannels", lastChannels);
    NetworkChecks.requirePositive("embedding", embedding);
    NetworkChecks.requireWidth(width);
    NetworkChecks.requireHead(classes, dropout);
    Pointwise.require(pointwise);
    EnumSet<NormPlace> places = EnumSet.complementOf(EnumSet.of(NormPlace.SHORTCUT));
    NetworkChecks.requireFits(attentive, "MobileFaceNet", places, stages.size());
  }

  /** For 112×112 images of the 10,575 identities of CASIA-WebFace, margin 0.5, scale 64. */
  public static MobileFaceNet defaults() {
    return new MobileFaceNetBuilder().build();
  }

  /** Returns a builder that starts with these settings. */
  public MobileFaceNetBuilder with() {
    return new MobileFaceNetBuilder(this);
  }

  @Override
  public MobileFaceNet withClasses(int count) {
    return with().classes(count).build();
  }

  @Override
  public NetworkOutput build(BuildContext context, Operand<TFloat32> images) {
    NetworkChecks.requireImages(images);
    BlockParts parts =
        new BlockParts(norm, attentive, recalibration, place, ParametricRelu.defaults());
    Map<String, Stage> named = new LinkedHashMap<>();
    boolean small = stem == ResNet.Stem.CIFAR;
    int first = NetworkChecks.scaledByTenths(channels, width);
    Operand<TFloat32> colours = normalization.apply(context.tf(), images);
    Operand<TFloat32> wide = parts.stem(context, stem, STEM_KERNEL, first, false, colours);
    BuildContext depthwise = context.at("stem").at("depthwise");
    Norm ofStem = parts.norm(NormPlace.STEM, 0);
    Operand<TFloat32> x = parts.activated(depthwise, "", DepthwiseConv2d.of(3, 1), ofStem, wide);
    int stride = small ? 1 : 2;
    named.put("stem", new Stage(x, stride, first));
    InvertedResiduals blocks =
        new InvertedResiduals(stages, width, parts, spatial, pointwise, zeroInitialised);
    Operand<TFloat32> y = blocks.build(context, x, stride, small, named);
    int last = NetworkChecks.scaledByTenths(lastChannels, width);
    Operand<TFloat32> z = parts.activated(context.at("last"), "", Conv2d.of(last, 1), norm, y);
    int reached = named.get("stage" + stages.size()).stride();
    named.put("last", new Stage(z, reached, last));
    Operand<TFloat32> pixel = embedded(context, parts, z);
    int whole = reached * Math.max(Shapes.height(z), Shapes.width(z));
    named.put("embedding", new Stage(pixel, whole, embedding));
    return new NetworkOutput(logits(context, pixel), named);
  }

  // Linear: neither the depthwise convolution of the map's size nor the 1×1 has an activation.
  private Operand<TFloat32> embedded(
      BuildContext context, BlockParts parts, Operand<TFloat32> map) {
    Window whole = new Window(Shapes.height(map), Shapes.width(map), 1, Padding.VALID, 1);
    Layer pool = new DepthwiseConv2d(whole, false, VarianceScaling.heNormalFanOut());
    Operand<TFloat32> pixel = parts.normalised(context.at("pool"), "", pool, norm, map);
    Conv2d last = Conv2d.of(embedding, 1);
    return parts.normalised(context.at("embedding"), "", last, norm, pixel);
  }

  private Operand<TFloat32> logits(BuildContext context, Operand<TFloat32> pixel) {
    BuildContext scope = context.at("head");
    Ops tf = scope.tf();
    Operand<TFloat32> row = tf.reshape(pixel, tf.constant(new int[] {-1, embedding}));
    Operand<TFloat32> kept = new Dropout(dropout).build(scope.at("dropout"), row);
    return head.build(scope, kept, classes);
  }

  @Override
  public Operand<TFloat32> trainingLogits(
      Ops tf, Operand<TFloat32> logits, Operand<TFloat32> targets) {
    return head.withMargin(tf, logits, targets);
  }
}
