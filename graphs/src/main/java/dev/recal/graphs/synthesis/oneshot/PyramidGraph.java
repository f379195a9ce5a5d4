package dev.recal.graphs.synthesis.oneshot;

import dev.recal.ops.BuildContext;
import dev.recal.ops.Variable;
import dev.recal.ops.VariableSpec;
import dev.recal.ops.VariableStore;
import dev.recal.ops.image.CubicResize;
import dev.recal.ops.initializer.Initializer;
import dev.recal.ops.initializer.Normal;
import java.util.Objects;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * The generators of a pyramid in a graph, and the values that belong to them.
 *
 * <p>Variables: {@code image} (1, H, W, C), the training image at the largest scale in −1..1;
 * {@code noise} (1, h, w, 1), the fixed noise of the smallest scale; for each scale {@code
 * scaleN/generator/*}, {@code scaleN/amplitude}, the factor of its noise, and above the smallest
 * {@code scaleN/previous} (1, h, w, C), the enlarged reconstruction of the scale below.
 *
 * @param store of the graph
 * @param network the generators
 * @param pyramid their sizes
 * @param channels of the image, 1 or 3
 */
public record PyramidGraph(VariableStore store, SinGan network, Pyramid pyramid, int channels) {

  /** Rejects missing parts. */
  public PyramidGraph {
    Objects.requireNonNull(store, "store");
    Objects.requireNonNull(network, "network");
    Objects.requireNonNull(pyramid, "pyramid");
  }

  /** Returns the scope of a scale's variables. */
  public static String scope(int scale) {
    return "scale" + scale;
  }

  /** Returns the scope of a scale's generator. */
  public static String generatorScope(int scale) {
    return scope(scale) + "/generator";
  }

  /** Returns the training image. */
  public Variable<TFloat32> image() {
    return statistic("image", map(pyramid.last()), Initializer.zeros());
  }

  /** Returns the fixed noise of the smallest scale, from which the image is reconstructed. */
  public Variable<TFloat32> fixedNoise() {
    Shape shape = Shape.of(1, pyramid.height(0), pyramid.width(0), 1);
    return statistic("noise", shape, new Normal(0f, 1f));
  }

  /** Returns the factor of a scale's noise, a scalar: 1 at the smallest scale. */
  public Variable<TFloat32> amplitude(int scale) {
    return statistic(scope(scale) + "/amplitude", Shape.scalar(), Initializer.ones());
  }

  /** Returns the enlarged reconstruction of the scale below. */
  public Variable<TFloat32> previous(int scale) {
    return statistic(scope(scale) + "/previous", map(scale), Initializer.zeros());
  }

  private Shape map(int scale) {
    return Shape.of(1, pyramid.height(scale), pyramid.width(scale), channels);
  }

  private Variable<TFloat32> statistic(String path, Shape shape, Initializer initializer) {
    String name = path.substring(path.lastIndexOf('/') + 1);
    return store.findOrCreate(path, VariableSpec.statistic(name, shape, initializer));
  }

  /**
   * Adds the generator of a scale.
   *
   * @param root of a tower
   * @param noise standard normal, (N, h, w, channels or 1)
   * @param previous the enlarged image of the scale below in −1..1, (N, h, w, channels)
   * @return an image of the size of {@code previous}
   */
  public Operand<TFloat32> generate(
      BuildContext root, int scale, Operand<TFloat32> noise, Operand<TFloat32> previous) {
    Operand<TFloat32> scaled = root.tf().math.mul(noise, amplitude(scale).read());
    return network
        .generator(scale, channels)
        .build(root.at(scope(scale)).at("generator"), scaled, previous);
  }

  /**
   * Enlarges an image of the scale below to the size of a scale in training.
   *
   * @param below in −1..1
   */
  public Operand<TFloat32> enlarged(Ops tf, Operand<TFloat32> below, int scale) {
    return CubicResize.resize(
        tf, below, pyramid.enlargement(), pyramid.height(scale), pyramid.width(scale));
  }

  /**
   * Adds the reconstruction at a scale: what its generator makes of {@link #previous} and, at the
   * smallest scale, of the fixed noise, without any other noise.
   *
   * @param root of a tower
   */
  public Operand<TFloat32> reconstruction(BuildContext root, int scale) {
    Ops tf = root.tf();
    if (scale == 0) {
      return generate(root, 0, fixedNoise().read(), nothing(tf, 1));
    }
    Operand<TFloat32> previous = previous(scale).read();
    return generate(root, scale, tf.zerosLike(previous), previous);
  }

  /** Returns the image below the smallest scale: zeros, (count, h, w, channels). */
  public Operand<TFloat32> nothing(Ops tf, int count) {
    int[] shape = {count, pyramid.height(0), pyramid.width(0), channels};
    return tf.fill(tf.constant(shape), tf.constant(0f));
  }
}
