package dev.recal.savedmodels.optimise;

import java.util.Arrays;
import java.util.Optional;
import org.tensorflow.proto.NodeDef;

/**
 * The affine transformation of batch norm with stored statistics: scale · x + offset per channel,
 * in double precision.
 *
 * @param scale γ / √(v + ε)
 * @param offset β − μ · scale
 */
record Affine(double[] scale, double[] offset) {

  private static final float DEFAULT_EPSILON = 1e-4f;

  /** Returns the transformation of a node; empty if the node is not such a norm. */
  static Optional<Affine> of(SourceGraph source, NodeDef node) {
    boolean norm = node.getOp().equals("FusedBatchNormV3") && !training(node);
    for (int i = 1; norm && i < 5; i++) {
      norm = source.isParameter(node.getInput(i));
    }
    if (!norm) {
      return Optional.empty();
    }
    float[] gamma = source.value(node.getInput(1)).floats();
    float[] beta = source.value(node.getInput(2)).floats();
    float[] mean = source.value(node.getInput(3)).floats();
    float[] variance = source.value(node.getInput(4)).floats();
    double epsilon =
        node.containsAttr("epsilon") ? node.getAttrOrThrow("epsilon").getF() : DEFAULT_EPSILON;
    double[] scale = new double[gamma.length];
    double[] offset = new double[gamma.length];
    for (int i = 0; i < gamma.length; i++) {
      scale[i] = gamma[i] / Math.sqrt(variance[i] + epsilon);
      offset[i] = beta[i] - mean[i] * scale[i];
    }
    return Optional.of(new Affine(scale, offset));
  }

  private static boolean training(NodeDef node) {
    return !node.containsAttr("is_training") || node.getAttrOrThrow("is_training").getB();
  }

  /** Returns the transformation of x + bias as a function of x. */
  Affine after(float[] bias) {
    double[] moved = offset.clone();
    for (int i = 0; i < moved.length; i++) {
      moved[i] += scale[i] * bias[i];
    }
    return new Affine(scale, moved);
  }

  /** Returns the part of one of several groups of channels. */
  Affine share(int group, int groups) {
    int from = scale.length / groups * group;
    int to = from + scale.length / groups;
    return new Affine(Arrays.copyOfRange(scale, from, to), Arrays.copyOfRange(offset, from, to));
  }

  /** Returns a kernel multiplied by the scale of its output channels, which are its last axes. */
  float[] scaled(float[] kernel) {
    float[] product = new float[kernel.length];
    for (int i = 0; i < kernel.length; i++) {
      product[i] = (float) (kernel[i] * scale[i % scale.length]);
    }
    return product;
  }

  /** Returns the scale in single precision. */
  float[] scales() {
    return single(scale);
  }

  /** Returns the offset in single precision. */
  float[] offsets() {
    return single(offset);
  }

  private static float[] single(double[] values) {
    float[] single = new float[values.length];
    for (int i = 0; i < values.length; i++) {
      single[i] = (float) values[i];
    }
    return single;
  }
}
