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
 * @param width multiplies their channels
 * @param parts norms, recalibration and activation
 * @param spatial in place of the depthwise convolutions
 * @param pointwise in place of the 1×1 convolutions
 * @param zeroInitialised whether the last norm of each branch that is added starts with γ = 0
 */
record InvertedResiduals(
    List<InvertedStage> stages,
    double width,
    BlockParts parts,
    Optional<SpatialLayer> spatial,
    Optional<SpatialLayer> pointwise,
    boolean zeroInitialised) {

  /**
   * Adds all stages.
   *
   * @param stride of {@code input}
   * @param small whether the first stage that strides does not, for small images
   * @param named where the stages go
   */
  Operand<TFloat32> build(
      BuildContext context,
      Operand<TFloat32> input,
      int stride,
      boolean small,
      Map<String, Stage> named) {
    Operand<TFloat32> x = input;
    int reached = stride;
    boolean skip = small;
    for (int i = 0; i < stages.size(); i++) {
      InvertedStage stage = stages.get(i);
      int step = stage.stride();
      if (skip && step > 1) {
        step = 1;
        skip = false;
      }
      reached *= step;
      int channels = NetworkChecks.scaledByTenths(stage.channels(), width);
      BuildContext scope = context.at("stage" + (i + 1));
      for (int j = 0; j < stage.repeats(); j++) {
        x = block(scope.at("block" + j), x, i, channels, j == 0 ? step : 1);
      }
      named.put("stage" + (i + 1), new Stage(x, reached, channels));
    }
    return x;
  }

  private Operand<TFloat32> block(
      BuildContext block, Operand<TFloat32> x, int stage, int channels, int stride) {
    int in = Shapes.channels(x);
    int inner = in * stages.get(stage).expansion();
    Pointwise points = Pointwise.of(block, pointwise, x);
    Operand<TFloat32> wide = x;
    if (inner != in) {
      Norm first = parts.norm(NormPlace.BN1, stage);
      wide = parts.activated(block, "1", points.to(inner), first, x);
    }
    Layer depthwise = BlockParts.depthwise(spatial, inner, stride);
    Norm second = parts.norm(NormPlace.BN2, stage);
    Operand<TFloat32> seen = parts.activated(block, "2", depthwise, second, wide);
    Operand<TFloat32> gated = parts.recalibrated(block, ResNet.Place.SPATIAL, seen);
    boolean added = stride == 1 && in == channels;
    Norm plain = parts.norm(NormPlace.BN3, stage);
    Norm third = added && zeroInitialised ? plain.zeroInitialised() : plain;
    Operand<TFloat32> narrow = parts.normalised(block, "3", points.to(channels), third, gated);
    Operand<TFloat32> branch = parts.recalibrated(block, ResNet.Place.BRANCH_END, narrow);
    Operand<TFloat32> y = added ? block.tf().math.add(x, branch) : branch;
    return parts.recalibrated(block, ResNet.Place.AFTER_ADDITION, y);
  }
}
