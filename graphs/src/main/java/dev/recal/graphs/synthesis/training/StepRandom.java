package dev.recal.graphs.synthesis.training;

import dev.recal.ops.BuildContext;
import dev.recal.ops.GraphScope;
import dev.recal.ops.Tower;
import dev.recal.ops.Variable;
import dev.recal.ops.VariableStore;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TBool;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.TInt64;

/** The random numbers of a step, all functions of the run's seed, the step and the micro-batch. */
final class StepRandom {

  private final BuildContext context;
  private final Ops tf;
  private final Operand<TInt64> number;

  private StepRandom(VariableStore store, Operand<TInt64> number) {
    this.number = number;
    this.context = BuildContext.of(store, Tower.training().named("draws").atStep(number));
    this.tf = context.tf();
  }

  /**
   * The micro-batches of one step differ; those of the generator repeat the numbers of the
   * discriminator.
   */
  static StepRandom of(VariableStore store, Variable<TInt64> step, int accumulation) {
    if (accumulation == 1) {
      return new StepRandom(store, step.read());
    }
    Ops tf = GraphScope.ops(store.graph()).withSubScope("parts");
    Variable<TInt64> part = store.counter(MicroBatchOps.PART);
    Operand<TInt64> first = tf.math.mul(step.read(), tf.constant((long) accumulation));
    return new StepRandom(store, tf.math.add(first, part.read()));
  }

  /** The number that determines all random numbers. */
  Operand<TInt64> number() {
    return number;
  }

  /** A seed (2) for one use. */
  Operand<TInt64> seed(String use) {
    return context.seed(use);
  }

  /** Standard normal (count, size). */
  Operand<TFloat32> latents(int count, int size) {
    return tf.random.statelessRandomNormal(
        tf.constant(new int[] {count, size}), seed("latents"), TFloat32.class);
  }

  /** A scalar from 0 to 3. */
  Operand<TInt32> quadrant() {
    Operand<TFloat32> uniform =
        tf.random.statelessRandomUniform(
            tf.constant(new int[] {1}), seed("quadrant"), TFloat32.class);
    Operand<TInt32> four = tf.dtypes.cast(tf.math.mul(uniform, tf.constant(4f)), TInt32.class);
    return tf.math.minimum(tf.squeeze(four), tf.constant(3));
  }

  /**
   * Converts images to −1..1, with optional random mirroring.
   *
   * @param images (N, S, S, 3) in 0–1, N known
   */
  Operand<TFloat32> prepared(Operand<TFloat32> images, boolean flip) {
    Operand<TFloat32> centred = tf.math.sub(tf.math.mul(images, tf.constant(2f)), tf.constant(1f));
    if (!flip) {
      return centred;
    }
    int count = Math.toIntExact(images.shape().get(0));
    Operand<TFloat32> uniform =
        tf.random.statelessRandomUniform(
            tf.constant(new int[] {count, 1, 1, 1}), seed("flip"), TFloat32.class);
    Operand<TBool> coin = tf.math.less(uniform, tf.constant(0.5f));
    return tf.select(coin, tf.reverse(centred, tf.constant(new int[] {2})), centred);
  }
}
