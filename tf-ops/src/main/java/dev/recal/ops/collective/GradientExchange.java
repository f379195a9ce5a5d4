package dev.recal.ops.collective;

import java.util.ArrayList;
import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/** Ways to average gradients over replicas, to compare their costs. */
public enum GradientExchange {

  /**
   * None: each replica keeps its gradients, and waits until all replicas have theirs. What replicas
   * that compute at different speeds cost without the bytes.
   */
  BARRIER {
    @Override
    public List<Operand<TFloat32>> means(
        ReplicaGroup group, Ops tf, List<? extends Operand<TFloat32>> gradients) {
      return after(tf, group.sum(tf, ones(tf, gradients, 1)), gradients);
    }
  },

  /**
   * The bytes alone: each replica keeps its gradients, and after the backward pass one vector of
   * their size, all ones, is averaged. What the bytes cost in a step, where caches hold the step's
   * values and replicas do not arrive together.
   */
  BYTES {
    @Override
    public List<Operand<TFloat32>> means(
        ReplicaGroup group, Ops tf, List<? extends Operand<TFloat32>> gradients) {
      long size = gradients.stream().mapToLong(FlatVector::size).sum();
      // In messages of the same size as those of gradients.
      List<Operand<TFloat32>> sent =
          group.means(tf, List.of(ones(tf, gradients, size)), Long.MAX_VALUE, true);
      return after(tf, sent.get(0), gradients);
    }
  },

  /** None: the gradients are joined to one vector and split again, which is not sent. */
  JOINED {
    @Override
    public List<Operand<TFloat32>> means(
        ReplicaGroup group, Ops tf, List<? extends Operand<TFloat32>> gradients) {
      return FlatVector.of(gradients).parts(tf, tf.identity(FlatVector.joined(tf, gradients)));
    }
  },

  /** One vector of all gradients, after the backward pass. */
  FUSED {
    @Override
    public List<Operand<TFloat32>> means(
        ReplicaGroup group, Ops tf, List<? extends Operand<TFloat32>> gradients) {
      return group.means(tf, gradients, Long.MAX_VALUE, true);
    }
  },

  /** Buckets, after the backward pass: the default on a CPU. */
  BUCKETS {
    @Override
    public List<Operand<TFloat32>> means(
        ReplicaGroup group, Ops tf, List<? extends Operand<TFloat32>> gradients) {
      return group.means(tf, gradients, group.settings().bucketBytes(), false);
    }
  },

  /**
   * Buckets, each of them as soon as the backward pass has delivered its gradients: the default on
   * a GPU.
   */
  OVERLAPPED {
    @Override
    public List<Operand<TFloat32>> means(
        ReplicaGroup group, Ops tf, List<? extends Operand<TFloat32>> gradients) {
      return group.means(tf, gradients, group.settings().bucketBytes(), true);
    }
  },

  /** A collective for each gradient, as soon as it is there. */
  SEPARATE {
    @Override
    public List<Operand<TFloat32>> means(
        ReplicaGroup group, Ops tf, List<? extends Operand<TFloat32>> gradients) {
      return group.separateMeans(tf, gradients);
    }
  };

  // A vector that is made when all gradients are there.
  private static Operand<TFloat32> ones(
      Ops tf, List<? extends Operand<TFloat32>> gradients, long size) {
    Ops then = tf.withControlDependencies(new ArrayList<Op>(gradients));
    return then.fill(tf.constant(new long[] {size}), tf.constant(1f));
  }

  // The gradients, when a value is there.
  private static List<Operand<TFloat32>> after(
      Ops tf, Operand<TFloat32> value, List<? extends Operand<TFloat32>> gradients) {
    Ops after = tf.withControlDependencies(List.of(value));
    List<Operand<TFloat32>> own = new ArrayList<>();
    gradients.forEach(gradient -> own.add(after.identity(gradient)));
    return own;
  }

  /**
   * Adds the means of gradients over all replicas; {@link #BARRIER}, {@link #BYTES} and {@link
   * #JOINED} return the replica's own.
   *
   * @param gradients of static shapes, in the order in which the forward pass uses their variables
   */
  public abstract List<Operand<TFloat32>> means(
      ReplicaGroup group, Ops tf, List<? extends Operand<TFloat32>> gradients);
}
