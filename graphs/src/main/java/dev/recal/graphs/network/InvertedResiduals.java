package dev.recal.graphs.network;

import dev.recal.ops.BuildContext;
import dev.recal.ops.Layer;
import dev.recal.ops.Shapes;
import dev.recal.ops.SpatialLayer;
import dev.recal.ops.norm.Norm;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.tensorflow.Operand;
import org.tensorflow.types.TFloat32;

/**
 * The stages of MobileNetV2 and MobileFaceNet: 1×1 to more channels, depthwise 3×3, linear 1×1 to
 * fewer, and the input added where it has the same shape.
 *
 * <p>A block with expansion 1 has no first 1×1, so its scopes begin with {@code conv2}.
 *
 * @param stages in order
 * @param parts of the network
 * @param pointwise in place of the 1×1 convolutions
 * @param zeroInitialised whether the last norm of each branch that is added starts with γ = 0
 */
record InvertedResiduals(
    List<InvertedStage> stages,
    NetworkParts parts,
    Optional<SpatialLayer> pointwise,
    boolean zeroInitialised) {

  /**
   * Adds all stages. For small images the first one that strides does not.
   *
   * @param named receives the stages
   * @return the last stage
   */
  Stage build(BuildContext context, Stage input, Map<String, Stage> named) {
    Stage x = input;
    boolean skip = parts.settings().stem() == Stem.CIFAR;
    for (int i = 0; i < stages.size(); i++) {
      int stride = stages.get(i).stride();
      if (skip && stride > 1) {
        stride = 1;
        skip = false;
      }
      x = stage(context.at("stage" + (i + 1)), x, i, stride);
      named.put("stage" + (i + 1), x);
    }
    return x;
  }

  private Stage stage(BuildContext scope, Stage input, int number, int stride) {
    InvertedStage stage = stages.get(number);
    int channels = parts.settings().scaledByTenths(stage.channels());
    Operand<TFloat32> x = input.map();
    for (int i = 0; i < stage.repeats(); i++) {
      x = block(scope.at("block" + i), x, number, channels, i == 0 ? stride : 1);
    }
    return new Stage(x, stride * input.stride(), channels);
  }

  private Operand<TFloat32> block(
      BuildContext block, Operand<TFloat32> x, int stage, int channels, int stride) {
    NetworkSettings settings = parts.settings();
    int in = Shapes.channels(x);
    int inner = in * stages.get(stage).expansion();
    Pointwise points = Pointwise.of(block, pointwise, x);
    Operand<TFloat32> wide = x;
    if (inner != in) {
      Norm first = settings.norm(NormPlace.BN1, stage);
      wide = parts.unit(block, "1", points.to(inner), first).activated(x);
    }
    Layer depthwise = parts.depthwise(inner, stride);
    Norm second = settings.norm(NormPlace.BN2, stage);
    Operand<TFloat32> filtered = parts.unit(block, "2", depthwise, second).activated(wide);
    Operand<TFloat32> gated = parts.recalibrated(block, RecalibrationPlace.SPATIAL, filtered);
    boolean added = stride == 1 && in == channels;
    Norm plain = settings.norm(NormPlace.BN3, stage);
    Norm third = added && zeroInitialised ? plain.zeroInitialised() : plain;
    NormUnit last =
        parts.unit(block, "3", points.to(channels), third).gated(RecalibrationPlace.BRANCH_END);
    Operand<TFloat32> y = added ? last.plus(gated, () -> x) : last.build(gated);
    return parts.recalibrated(block, RecalibrationPlace.AFTER_ADDITION, y);
  }
}
