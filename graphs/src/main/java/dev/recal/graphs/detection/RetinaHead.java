package dev.recal.graphs.detection;

import dev.recal.ops.Arguments;
import dev.recal.ops.BuildContext;
import dev.recal.ops.conv.Conv2d;
import dev.recal.ops.detection.Pyramid;
import dev.recal.ops.initializer.Constant;
import dev.recal.ops.initializer.Initializer;
import dev.recal.ops.initializer.Normal;
import dev.recal.ops.norm.Norm;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.types.TFloat32;

/**
 * RetinaNet's head: for each anchor, a logit of every class and a box. All levels share it.
 *
 * <p>Lin et al. 2017, "Focal Loss for Dense Object Detection" (arXiv 1708.02002). Two towers of 3×3
 * convolutions with ReLU, each with a 3×3 to its output. Kernels start at N(0, 0.01²), biases at 0,
 * those of the classes at −log((1 − p) / p), so that every class has the probability p.
 *
 * <p>Scopes: {@code classes/conv1}, {@code classes/bn1} of the norm, and so on, {@code
 * classes/output}; {@code boxes} in the same way.
 *
 * @param channels of the towers
 * @param convolutions of each tower
 * @param norm after each of the towers' convolutions, which then have no bias; one without moving
 *     statistics, since the levels share it; empty for none
 * @param prior p
 */
public record RetinaHead(int channels, int convolutions, Optional<Norm> norm, double prior) {

  private static final Initializer START = new Normal(0, 0.01f);

  /** Rejects counts below 1 and priors that are not between 0 and 1. */
  public RetinaHead {
    Objects.requireNonNull(norm, "norm");
    Arguments.atLeast(1, "channels", channels);
    Arguments.atLeast(1, "convolutions", convolutions);
    Arguments.require(prior > 0 && prior < 1, "prior", "between 0 and 1", prior);
  }

  /** Four convolutions of 256 channels without norm, p = 0.01. */
  public static RetinaHead defaults() {
    return new RetinaHead(256, 4, Optional.empty(), 0.01);
  }

  /** Returns a copy with a norm in its towers: group norm in torchvision's second version. */
  public RetinaHead norm(Norm other) {
    return new RetinaHead(channels, convolutions, Optional.of(other), prior);
  }

  /**
   * Adds the head to each level.
   *
   * @param anchors of a cell
   * @param classes without background
   * @return for each level, logits (N, anchors, classes) and deltas
   */
  public List<AnchorOutput> build(BuildContext context, Pyramid pyramid, int anchors, int classes) {
    Arguments.atLeast(1, "anchors", anchors);
    Arguments.atLeast(1, "classes", classes);
    List<AnchorOutput> levels = new ArrayList<>();
    for (Operand<TFloat32> map : pyramid.maps()) {
      BuildContext scope = levels.isEmpty() ? context : context.repeated();
      Operand<TFloat32> logits = classes(scope.at("classes"), map, anchors * classes);
      Operand<TFloat32> deltas = boxes(scope.at("boxes"), map, 4 * anchors);
      levels.add(
          new AnchorOutput(
              AnchorOutput.byAnchor(scope.tf(), logits, classes),
              AnchorOutput.byAnchor(scope.tf(), deltas, 4)));
    }
    return levels;
  }

  private Operand<TFloat32> classes(BuildContext scope, Operand<TFloat32> map, int values) {
    BuildContext output = scope.at("output");
    Operand<TFloat32> y = output(values).build(output, tower().build(scope, map));
    Initializer bias = new Constant((float) -Math.log((1 - prior) / prior));
    return output.tf().nn.biasAdd(y, output.weight("bias", Shape.of(values), bias));
  }

  private Operand<TFloat32> boxes(BuildContext scope, Operand<TFloat32> map, int values) {
    return output(values).biased().build(scope.at("output"), tower().build(scope, map));
  }

  private ConvolutionTower tower() {
    return ConvolutionTower.of(channels, convolutions, norm, START);
  }

  private static Conv2d output(int values) {
    return Conv2d.of(values, 3).initializer(START);
  }
}
