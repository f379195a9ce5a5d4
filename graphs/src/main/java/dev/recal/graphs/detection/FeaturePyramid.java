package dev.recal.graphs.detection;

import dev.recal.graphs.network.Stage;
import dev.recal.ops.Arguments;
import dev.recal.ops.BuildContext;
import dev.recal.ops.detection.Pyramid;
import dev.recal.ops.initializer.Initializer;
import dev.recal.ops.initializer.VarianceScaling;
import dev.recal.ops.norm.Norm;
import dev.recal.ops.pool.MaxPool;
import dev.recal.ops.pool.Resize;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.tensorflow.Operand;
import org.tensorflow.types.TFloat32;

/**
 * A feature pyramid, FPN: maps of equal channels at several strides, each merged with the coarser
 * ones.
 *
 * <p>Lin et al. 2017, "Feature Pyramid Networks for Object Detection" (arXiv 1612.03144); for
 * RetinaNet, Lin et al. 2017 (arXiv 1708.02002). A lateral 1×1 of each stage C; from the coarsest
 * on, each sum is enlarged by nearest pixels and added to the next lateral; a 3×3 of each sum is an
 * output P. It has no activations. Level l has the stride 2^l.
 *
 * <p>Scopes: {@code lateral2/conv}, {@code lateral2/bn} of the norm, to {@code lateral5}; {@code
 * output2} in the same way, to {@code output5}, or {@code output7} of RetinaNet. Convolutions start
 * Glorot-uniform; they have a bias without a norm.
 *
 * @param channels of each map
 * @param finest the stride of the finest map: 4, 8, 16 or 32
 * @param top the maps above stride 32
 * @param rectified whether a ReLU is before P7, as in torchvision; only with P7
 * @param norm after every convolution; empty for none
 */
public record FeaturePyramid(
    int channels, int finest, Top top, boolean rectified, Optional<Norm> norm) {

  private static final int COARSEST = 32;
  private static final Initializer START = VarianceScaling.glorotUniform();

  /** The maps with strides above 32. */
  public enum Top {
    /** P6 is every second pixel of P5. */
    SUBSAMPLED,
    /** P6 is a 3×3 with stride 2 of C5, and P7 of P6: mmdetection, torchvision's second version. */
    OF_INPUT,
    /** P6 is a 3×3 with stride 2 of P5, and P7 of P6: torchvision's first version. */
    OF_OUTPUT
  }

  /** Rejects strides without a stage, and counts below 1. */
  public FeaturePyramid {
    Objects.requireNonNull(top, "top");
    Objects.requireNonNull(norm, "norm");
    Arguments.atLeast(1, "channels", channels);
    Arguments.require(
        List.of(4, 8, 16, COARSEST).contains(finest), "finest", "4, 8, 16 or 32", finest);
    Arguments.require(
        !rectified || top != Top.SUBSAMPLED, "rectified", "false without a P7", rectified);
  }

  /** The pyramid of Mask R-CNN: P2 to P6, 256 channels, no norm. */
  public static FeaturePyramid defaults() {
    return new FeaturePyramid(256, 4, Top.SUBSAMPLED, false, Optional.empty());
  }

  /** The pyramid of RetinaNet: P3 to P7, P6 of C5, 256 channels, no norm. */
  public static FeaturePyramid retina() {
    return new FeaturePyramid(256, 8, Top.OF_INPUT, false, Optional.empty());
  }

  /** Returns a copy with a norm after every convolution. */
  public FeaturePyramid norm(Norm other) {
    return new FeaturePyramid(channels, finest, top, rectified, Optional.of(other));
  }

  /** Returns a copy with other maps above stride 32. */
  public FeaturePyramid top(Top other, boolean reluBeforeLast) {
    return new FeaturePyramid(channels, finest, other, reluBeforeLast, norm);
  }

  /**
   * Adds the pyramid.
   *
   * @param stages of the backbone, from the finest to the coarsest; of several with one stride the
   *     last is used
   * @throws IllegalArgumentException if a stride has no stage
   */
  public Pyramid build(BuildContext context, Map<String, Stage> stages) {
    List<Stage> inputs = inputs(stages);
    List<Operand<TFloat32>> sums = sums(context, inputs);
    List<Operand<TFloat32>> maps = new ArrayList<>();
    List<Integer> strides = new ArrayList<>();
    ConvolutionUnit output = ConvolutionUnit.linear(channels, 3, norm, START);
    for (int i = 0; i < inputs.size(); i++) {
      int stride = inputs.get(i).stride();
      maps.add(output.build(scope(context, "output", stride), "", sums.get(i)));
      strides.add(stride);
    }
    addTop(context, inputs.get(inputs.size() - 1).map(), maps, strides);
    return new Pyramid(maps, strides);
  }

  private List<Operand<TFloat32>> sums(BuildContext context, List<Stage> inputs) {
    ConvolutionUnit lateral = ConvolutionUnit.linear(channels, 1, norm, START);
    List<Operand<TFloat32>> sums = new ArrayList<>();
    for (int i = inputs.size() - 1; i >= 0; i--) {
      BuildContext scope = scope(context, "lateral", inputs.get(i).stride());
      Operand<TFloat32> x = lateral.build(scope, "", inputs.get(i).map());
      if (!sums.isEmpty()) {
        x = scope.tf().math.add(x, Resize.NEAREST.like(scope.tf(), sums.get(0), x));
      }
      sums.add(0, x);
    }
    return sums;
  }

  private void addTop(
      BuildContext context,
      Operand<TFloat32> input,
      List<Operand<TFloat32>> maps,
      List<Integer> strides) {
    Operand<TFloat32> last = maps.get(maps.size() - 1);
    BuildContext sixth = scope(context, "output", 2 * COARSEST);
    strides.add(2 * COARSEST);
    if (top == Top.SUBSAMPLED) {
      maps.add(new MaxPool(1, 2, 0).build(sixth, last));
      return;
    }
    ConvolutionUnit half = ConvolutionUnit.linear(channels, 3, norm, START).stride(2);
    Operand<TFloat32> x = half.build(sixth, "", top == Top.OF_INPUT ? input : last);
    maps.add(x);
    BuildContext seventh = scope(context, "output", 4 * COARSEST);
    maps.add(half.build(seventh, "", rectified ? seventh.tf().nn.relu(x) : x));
    strides.add(4 * COARSEST);
  }

  private static BuildContext scope(BuildContext context, String word, int stride) {
    return context.at(word + Integer.numberOfTrailingZeros(stride));
  }

  private List<Stage> inputs(Map<String, Stage> stages) {
    Map<Integer, Stage> byStride = new LinkedHashMap<>();
    stages.values().forEach(stage -> byStride.put(stage.stride(), stage));
    List<Stage> inputs = new ArrayList<>();
    for (int stride = finest; stride <= COARSEST; stride *= 2) {
      Arguments.require(
          byStride.containsKey(stride),
          "stages",
          "one of stride " + stride,
          "strides " + byStride.keySet());
      inputs.add(byStride.get(stride));
    }
    return inputs;
  }
}
