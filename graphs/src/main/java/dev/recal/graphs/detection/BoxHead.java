package dev.recal.graphs.detection;

import dev.recal.ops.Arguments;
import dev.recal.ops.BuildContext;
import dev.recal.ops.Shapes;
import dev.recal.ops.conv.Dense;
import dev.recal.ops.initializer.Initializer;
import dev.recal.ops.initializer.Normal;
import dev.recal.ops.initializer.VarianceScaling;
import dev.recal.ops.norm.AttentiveNorm;
import dev.recal.ops.norm.AttentiveNorm.Attention;
import dev.recal.ops.norm.AttentiveNorm.Start;
import dev.recal.ops.norm.Norm;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * The head of boxes: the class of a region, and the object's box.
 *
 * <p>Ren et al. 2015 (arXiv 1506.01497); with convolutions, Wu and He 2018, "Group Normalization"
 * (arXiv 1803.08494); with attentive norms, Li, Sun, Wu 2020 (arXiv 1908.01259). 3×3 convolutions
 * with ReLU, then dense layers with ReLU, then one to the logits and one to the boxes.
 *
 * <p>Scopes: {@code conv1}, {@code bn1} of its norm, and so on; {@code fc6}, {@code fc7} and so on,
 * whose inputs are in the order row, column, channel; {@code classes}, {@code boxes}. Convolutions
 * start He-normal by fan-out, and have a bias without a norm; dense layers start Glorot-uniform;
 * the logits at N(0, 0.01²), the boxes at N(0, 0.001²), biases at 0.
 *
 * @param size rows and columns of a region's map
 * @param channels of the convolutions
 * @param convolutions how many
 * @param norms one for each convolution, or none at all
 * @param layers dense layers before the outputs
 * @param features of each
 * @param agnostic whether all classes share one box
 */
public record BoxHead(
    int size,
    int channels,
    int convolutions,
    List<Norm> norms,
    int layers,
    int features,
    boolean agnostic) {

  private static final int FIRST_LAYER = 6;
  private static final List<Integer> COMPONENTS = List.of(10, 10, 20, 20);

  /** Rejects counts out of range and other numbers of norms. */
  public BoxHead {
    norms = List.copyOf(norms);
    Arguments.atLeast(1, "size", size);
    Arguments.atLeast(1, "channels", channels);
    Arguments.atLeast(0, "convolutions", convolutions);
    Arguments.atLeast(1, "layers", layers);
    Arguments.atLeast(1, "features", features);
    Arguments.require(
        norms.isEmpty() || norms.size() == convolutions,
        "norms",
        "none, or one for each of " + convolutions + " convolutions",
        norms.size());
  }

  /** Two dense layers of 1,024 features on regions of 7×7: {@code 2fc}. */
  public static BoxHead defaults() {
    return new BoxHead(7, 256, 0, List.of(), 2, 1024, false);
  }

  /** Four convolutions of 256 channels and a dense layer on regions of 7×7: {@code 4conv1fc}. */
  public static BoxHead convolutional() {
    return new BoxHead(7, 256, 4, List.of(), 1, 1024, false);
  }

  /**
   * Four convolutions, each with an attentive norm over 32 groups, K = 10, 10, 20, 20, and a dense
   * layer: the published head, whose attention is a hard sigmoid without a norm.
   */
  public static BoxHead attentive() {
    return convolutional().norms(attentive(Attention.HSIGMOID));
  }

  /** Returns the norms of {@link #attentive()} with another attention. */
  public static List<Norm> attentive(Attention attention) {
    AttentiveNorm norm =
        AttentiveNorm.defaults().groups(32).attention(attention).start(Start.UNIFORM);
    return COMPONENTS.stream().<Norm>map(norm::components).toList();
  }

  /** Returns a copy with other norms. */
  public BoxHead norms(List<Norm> others) {
    return new BoxHead(size, channels, convolutions, others, layers, features, agnostic);
  }

  /** Returns a copy with the same norm after every convolution. */
  public BoxHead norm(Norm other) {
    return norms(Collections.nCopies(convolutions, other));
  }

  /** Returns a copy with one box for all classes. */
  public BoxHead classAgnostic() {
    return new BoxHead(size, channels, convolutions, norms, layers, features, true);
  }

  /**
   * Adds the head.
   *
   * @param regions (R, size, size, C)
   * @throws IllegalArgumentException if {@code regions} has another shape
   */
  public BoxOutput build(BuildContext context, Operand<TFloat32> regions, ClassLayout layout) {
    RegionMaps.require(regions, size);
    Ops tf = context.tf();
    Operand<TFloat32> map = tower().build(context, regions);
    int[] row = {-1, size * size * Shapes.channels(map)};
    Operand<TFloat32> x = tf.reshape(map, tf.constant(row));
    for (int i = 0; i < layers; i++) {
      Dense layer = new Dense(features, true, VarianceScaling.glorotUniform());
      x = tf.nn.relu(layer.build(context.at("fc" + (FIRST_LAYER + i)), x));
    }
    int boxes = agnostic ? 1 : layout.regressed();
    Operand<TFloat32> logits = output(context.at("classes"), x, layout.logits(), 0.01f);
    Operand<TFloat32> deltas = output(context.at("boxes"), x, 4 * boxes, 0.001f);
    return new BoxOutput(logits, tf.reshape(deltas, tf.constant(new int[] {-1, boxes, 4})));
  }

  private ConvolutionTower tower() {
    Initializer start = VarianceScaling.heNormalFanOut();
    return norms.isEmpty()
        ? ConvolutionTower.of(channels, convolutions, Optional.empty(), start)
        : new ConvolutionTower(channels, norms.stream().map(Optional::of).toList(), start);
  }

  private static Operand<TFloat32> output(
      BuildContext scope, Operand<TFloat32> x, int values, float deviation) {
    return new Dense(values, true, new Normal(0, deviation)).build(scope, x);
  }
}
