package dev.recal.graphs.synthesis.loss;

import dev.recal.graphs.features.RandomConvolutions;
import java.util.ArrayList;
import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * A substitute for {@link Lpips} without a trained feature network: the mean absolute difference of
 * pixels, plus those of the features of three {@link RandomConvolutions} of 16, 32 and 64 channels.
 *
 * <p>Random features respond to edges and textures, not to objects: the distance penalises a
 * blurred image more than plain L1, but is not fitted to human perception. Unlike in LPIPS,
 * features are not normalised per pixel, which has no benefit without training.
 *
 * @param seed of the weights
 */
public record RandomFeatures(long seed) implements PerceptualDistance, ImageDistance {

  private static final List<Integer> CHANNELS = List.of(16, 32, 64);

  /** The weights of seed 1. */
  public static RandomFeatures defaults() {
    return new RandomFeatures(1);
  }

  @Override
  public ImageDistance open(FeatureNetworks networks) {
    return this;
  }

  @Override
  public Operand<TFloat32> between(Ops tf, Operand<TFloat32> images, Operand<TFloat32> targets) {
    List<Operand<TFloat32>> distances = new ArrayList<>();
    distances.add(meanDifference(tf, images, targets));
    Operand<TFloat32> pairs = tf.concat(List.of(images, targets), tf.constant(0));
    for (Operand<TFloat32> map : new RandomConvolutions(seed, CHANNELS).build(tf, pairs)) {
      var halves = tf.split(tf.constant(0), map, 2L).output();
      distances.add(meanDifference(tf, halves.get(0), halves.get(1)));
    }
    return tf.math.addN(distances);
  }

  private static Operand<TFloat32> meanDifference(
      Ops tf, Operand<TFloat32> a, Operand<TFloat32> b) {
    return tf.math.mean(tf.math.abs(tf.math.sub(a, b)), tf.constant(new int[] {1, 2, 3}));
  }

  @Override
  public String description() {
    return "L1 and random features of seed " + seed;
  }
}
