package dev.recal.graphs.training;

import dev.recal.graphs.optimisation.AveragedWeights;
import dev.recal.ops.MovingAverage;
import dev.recal.ops.Variable;
import java.util.ArrayList;
import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.Session;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt64;

/**
 * Estimates the batch statistics of averaged weights: the plain mean over some batches.
 *
 * @param reset sets the statistics to zero, since otherwise the rounding error of an old value
 *     would remain, and those of a power iteration to the values of training: the estimate depends
 *     on the weights alone, however often one is made
 * @param number the input for the number k of a batch, from 1; a batch's share is 1/k
 * @param update moves every statistic by that share towards its value on a batch; a statistic
 *     without averaging (of a power iteration) takes the value
 */
public record StatisticsEstimate(Op reset, Placeholder<TInt64> number, Op update) {

  /** Adds the input for the number of a batch, which determines the tower's randomness. */
  public static Placeholder<TInt64> number(Ops tf) {
    return tf.withName("statistics_batch")
        .placeholder(TInt64.class, Placeholder.shape(Shape.scalar()));
  }

  /**
   * Adds the operations.
   *
   * @param number see {@link #number(Ops)}
   * @param averages of a tower in training phase over the averaged weights
   * @param weights the averaged weights
   */
  public static StatisticsEstimate of(
      Ops tf, Placeholder<TInt64> number, List<MovingAverage> averages, AveragedWeights weights) {
    Operand<TFloat32> share = tf.math.div(tf.constant(1f), tf.dtypes.cast(number, TFloat32.class));
    List<Op> moves = new ArrayList<>();
    List<Op> resets = new ArrayList<>();
    for (MovingAverage average : averages) {
      Variable<TFloat32> statistic = average.variable();
      if (average.decay() == 0) {
        moves.add(average.update(tf));
        resets.add(tf.assignVariableOp(statistic.handle(), weights.original(statistic).read()));
      } else {
        moves.add(average.update(tf, share));
        resets.add(tf.assignVariableOp(statistic.handle(), tf.zerosLike(statistic.read())));
      }
    }
    return new StatisticsEstimate(
        tf.withControlDependencies(resets).noOp(),
        number,
        tf.withControlDependencies(moves).noOp());
  }

  /** Estimates over the given number of batches. */
  public void run(Session session, long batches) {
    session.runner().addTarget(reset).run().close();
    for (long k = 1; k <= batches; k++) {
      try (TInt64 fed = TInt64.scalarOf(k)) {
        session.runner().feed(number, fed).addTarget(update).run().close();
      }
    }
  }
}
