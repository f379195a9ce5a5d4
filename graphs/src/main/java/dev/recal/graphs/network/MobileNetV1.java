package dev.recal.graphs.network;

import dev.recal.ops.BuildContext;
import dev.recal.ops.Layer;
import dev.recal.ops.Shapes;
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
 * MobileNetV1: blocks of a depthwise 3×3 and a 1×1 convolution.
 *
 * <p>Howard et al. 2017, "MobileNets" (arXiv 1704.04861); official code: github tensorflow/models,
 * research/slim, whose ReLU6 and whose paddings of PyTorch's ports (a pixel on every side) this
 * has, where the paper says ReLU.
 *
 * <p>Scopes: {@code stem/conv}, {@code stem/bn} (a deep stem has {@code conv1} to {@code bn3});
 * {@code stage1/block0/conv1}, {@code bn1} (depthwise), {@code conv2}, {@code bn2} (1×1), {@code
 * recalibration}; {@code head/dense}. Convolutions have no bias and start He-normal by fan-out; the
 * head starts at U(±1/√C).
 *
 * <p>Stages: {@code stem}, {@code stage1} to the last.
 *
 * @param repeats blocks of each stage; each stage after the first halves the map, and each has
 *     twice the channels of what comes before it
 * @param channels of the stem
 * @param width multiplies every count of channels, which is then rounded to a multiple of 8
 * @param spatial what stands in place of each depthwise 3×3; empty for the convolution
 * @param pointwise what stands in place of each 1×1; empty for the convolution
 * @param stem what comes before the first stage; {@code IMAGENET} is 3×3 with stride 2, and with
 *     {@code CIFAR} the second stage does not halve the map either
 * @param norm after every convolution
 * @param attentive at which places an attentive norm stands instead: {@code BN1} (depthwise),
 *     {@code BN2} and {@code STEM}
 * @param recalibration in every block, in the scope {@code recalibration}; empty for none
 * @param place where in the block: after the depthwise 3×3, its norm and activation ({@code
 *     SPATIAL}), after the 1×1 and its norm ({@code BRANCH_END}), or after the last activation
 *     ({@code AFTER_ADDITION})
 * @param classes of the head
 * @param dropout the share of the head's inputs that training drops
 * @param normalization of the images' colours
 */
public record MobileNetV1(
    List<Integer> repeats,
    int channels,
    double width,
    Optional<SpatialLayer> spatial,
    Optional<SpatialLayer> pointwise,
    ResNet.Stem stem,
    Norm norm,
    Optional<AttentivePlaces> attentive,
    Optional<Layer> recalibration,
    ResNet.Place place,
    int classes,
    float dropout,
    ImageNormalization normalization)
    implements Network {

  private static final int STEM_KERNEL = 3;

  /** Refuses settings that make no network. */
  public MobileNetV1 {
    NetworkChecks.requirePresent("spatial", spatial, "pointwise", pointwise, "stem", stem);
    NetworkChecks.requirePresent("norm", norm, "attentive", attentive);
    NetworkChecks.requirePresent("recalibration", recalibration, "place", place);
    NetworkChecks.requirePresent("normalization", normalization);
    repeats = NetworkChecks.positive("repeats", repeats);
    NetworkChecks.requirePositive("channels", channels);
    NetworkChecks.requireWidth(width);
    NetworkChecks.requireHead(classes, dropout);
    Pointwise.require(pointwise);
    EnumSet<NormPlace> places = EnumSet.of(NormPlace.STEM, NormPlace.BN1, NormPlace.BN2);
    NetworkChecks.requireFits(attentive, "MobileNetV1", places, repeats.size());
  }

  /** For ImageNet, width 1: 1,000 classes, batch norm, no recalibration. */
  public static MobileNetV1 defaults() {
    return new MobileNetV1Builder().build();
  }

  /** Returns a builder that starts with these settings. */
  public MobileNetV1Builder with() {
    return new MobileNetV1Builder(this);
  }

  @Override
  public MobileNetV1 withClasses(int count) {
    return with().classes(count).build();
  }

  @Override
  public NetworkOutput build(BuildContext context, Operand<TFloat32> images) {
    NetworkChecks.requireImages(images);
    BlockParts parts = new BlockParts(norm, attentive, recalibration, place, Activation.RELU6);
    Map<String, Stage> stages = new LinkedHashMap<>();
    boolean small = stem == ResNet.Stem.CIFAR;
    int first = NetworkChecks.scaled(channels, width);
    Operand<TFloat32> colours = normalization.apply(context.tf(), images);
    Operand<TFloat32> x = parts.stem(context, stem, STEM_KERNEL, first, false, colours);
    int stride = small ? 1 : 2;
    stages.put("stem", new Stage(x, stride, first));
    for (int i = 0; i < repeats.size(); i++) {
      int step = i == 0 || (small && i == 1) ? 1 : 2;
      stride *= step;
      int count = NetworkChecks.scaled(channels << (i + 1), width);
      BuildContext scope = context.at("stage" + (i + 1));
      for (int j = 0; j < repeats.get(i); j++) {
        x = block(parts, scope.at("block" + j), x, i, count, j == 0 ? step : 1);
      }
      stages.put("stage" + (i + 1), new Stage(x, stride, count));
    }
    return new NetworkOutput(BlockParts.head(context, x, classes, dropout), stages);
  }

  private Operand<TFloat32> block(
      BlockParts parts, BuildContext block, Operand<TFloat32> x, int stage, int count, int stride) {
    Layer depthwise = BlockParts.depthwise(spatial, Shapes.channels(x), stride);
    Norm first = parts.norm(NormPlace.BN1, stage);
    Operand<TFloat32> seen = parts.activated(block, "1", depthwise, first, x);
    Operand<TFloat32> gated = parts.recalibrated(block, ResNet.Place.SPATIAL, seen);
    // One dynamic convolution a block has a guide of its own.
    Layer point = pointwise.map(layer -> layer.sized(count, 1)).orElse(Conv2d.of(count, 1));
    Norm second = parts.norm(NormPlace.BN2, stage);
    Operand<TFloat32> mixed = parts.normalised(block, "2", point, second, gated);
    Operand<TFloat32> end = parts.recalibrated(block, ResNet.Place.BRANCH_END, mixed);
    Operand<TFloat32> y = parts.activation().build(block.at("activation2"), end);
    return parts.recalibrated(block, ResNet.Place.AFTER_ADDITION, y);
  }
}
