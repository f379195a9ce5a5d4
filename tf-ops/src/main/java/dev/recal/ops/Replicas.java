package dev.recal.ops;

import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.family.TFloating;
import org.tensorflow.types.family.TNumber;

/**
 * The replicas of a network that train together, as one of them sees them: each builds the same
 * graph, and takes its part of every batch.
 *
 * <p>The objective of all is the mean of the replicas' objectives. N replicas with a batch of b
 * therefore train as one with a batch of N·b, where layers do not depend on the batch.
 */
public interface Replicas {

  /** Returns the replicas of a run in one copy: no operations are added. */
  static Replicas single() {
    return SingleReplica.INSTANCE;
  }

  /** Returns the number of replicas. */
  int size();

  /** Returns this replica's number, from 0. */
  int index();

  /** Returns whether there is only one replica, so that no operations are added. */
  default boolean isSingle() {
    return size() == 1;
  }

  /**
   * Returns the sum of a value over all replicas. It has no gradient.
   *
   * @param value of the same shape in all replicas
   * @param <T> real numbers of 16 bits or more, or integers of 32 or 64 bits
   */
  <T extends TNumber> Operand<T> sum(Ops tf, Operand<T> value);

  /**
   * Returns the mean of a value over all replicas. It has no gradient.
   *
   * @param value of the same shape in all replicas
   */
  Operand<TFloat32> mean(Ops tf, Operand<TFloat32> value);

  /**
   * Returns the means of gradients over all replicas, reduced as few vectors.
   *
   * @param values of static shapes, in the order in which the forward pass uses their variables
   * @return one mean for each value, in order, of its shape
   */
  List<Operand<TFloat32>> means(Ops tf, List<? extends Operand<TFloat32>> values);

  /**
   * Returns the mean of a value over all replicas, through which gradients flow: the gradient at
   * the value is the mean over the replicas of the gradient at the result, so that the mean of all
   * replicas' gradients is that of the mean of their objectives. It has no second derivative.
   *
   * @param value of the same shape in all replicas
   * @param <T> float32 or float64
   */
  <T extends TFloating> Operand<T> differentiableMean(Ops tf, Operand<T> value);
}
