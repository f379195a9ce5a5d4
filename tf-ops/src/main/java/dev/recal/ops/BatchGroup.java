package dev.recal.ops;

import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat64;

/**
 * The replicas over whose batches a training tower takes batch statistics; a single one by default.
 *
 * <p>All replicas have batches of the same size. Over several replicas, the value of a layer that
 * uses batch statistics, its moving averages and its gradients are those of one replica with all
 * batches joined.
 */
public interface BatchGroup {

  /** Returns the number of replicas. */
  int size();

  /**
   * Returns the mean of a statistic over all replicas, through which gradients flow: the gradient
   * at the statistic is the mean over the replicas of the gradient at the result, so that the mean
   * of all replicas' gradients is that of the mean of their objectives.
   *
   * @param statistic of the same shape in all replicas
   */
  Operand<TFloat64> statisticMean(Ops tf, Operand<TFloat64> statistic);

  /** Returns whether statistics are those of one replica's batch. */
  default boolean isLocal() {
    return size() == 1;
  }

  /** Returns the group of one replica: every statistic is its mean. */
  static BatchGroup local() {
    return Local.INSTANCE;
  }

  /** One replica. */
  enum Local implements BatchGroup {
    /** The only one. */
    INSTANCE;

    @Override
    public int size() {
      return 1;
    }

    @Override
    public Operand<TFloat64> statisticMean(Ops tf, Operand<TFloat64> statistic) {
      return statistic;
    }
  }
}
