package dev.recal.ops.collective;

import dev.recal.ops.Arguments;
import java.util.Objects;

/**
 * How a group of replicas communicates; the same in all of them.
 *
 * <p>A collective waits for the other replicas without end. Bound the time of a run instead, by the
 * session's {@code operation_timeout_in_ms} or a run's {@code timeout_in_ms}: for each collective
 * with a timeout of its own TensorFlow starts a thread that sleeps until the time is over,
 * thousands of them in fast steps.
 *
 * @param hint the implementation
 * @param groupKey identifies the group among all groups of the cluster; positive
 * @param firstKey the key of the first collective; at least 1. A later graph of the same group
 *     starts at {@link ReplicaGroup#nextKey()}, because TensorFlow stores the size and type of each
 *     key's tensor for as long as the process lives
 * @param bucketBytes the size above which fused gradients are reduced in several parts: the copies
 *     of one overlap with the communication of another, and the first ones are on their way while
 *     the backward pass computes the others
 */
public record CollectiveSettings(Hint hint, int groupKey, int firstKey, long bucketBytes) {

  // 102 MB of ResNet-50 over loopback between two workers on two busy cores, medians of 7 turns:
  // buckets of 8 MiB 0.56 s, of 16 MiB 0.51 s, of 32 MiB 0.51 s, one vector 0.41 s; all took 0.3 s
  // of CPU time. The larger a bucket, the more of it is left when the backward pass ends.
  private static final long DEFAULT_BUCKET = 16L << 20;

  /** The implementation of a collective. */
  public enum Hint {
    /** NCCL on GPUs if the session enables it, and a ring otherwise. */
    AUTO("auto"),
    /** Chunks passed around a ring of replicas, on any device. */
    RING("ring"),
    /**
     * NVIDIA's library, on GPUs only. It requires that all replicas launch their collectives in one
     * order; only those of {@link ReplicaGroup#means} are ordered among themselves. Not tested.
     */
    NCCL("nccl");

    private final String word;

    Hint(String word) {
      this.word = word;
    }

    /** Returns the attribute's value. */
    String word() {
      return word;
    }
  }

  /** Rejects keys and sizes below 1. */
  public CollectiveSettings {
    Objects.requireNonNull(hint, "hint");
    Arguments.atLeast(1, "groupKey", groupKey);
    Arguments.atLeast(1, "firstKey", firstKey);
    Arguments.atLeast(1, "bucketBytes", bucketBytes);
  }

  /** {@link Hint#AUTO}, group 1 from key 1, buckets of 16 MiB. */
  public static CollectiveSettings defaults() {
    return new CollectiveSettings(Hint.AUTO, 1, 1, DEFAULT_BUCKET);
  }

  /** Returns a copy with another implementation. */
  public CollectiveSettings withHint(Hint other) {
    return new CollectiveSettings(other, groupKey, firstKey, bucketBytes);
  }

  /** Returns a copy with another group key. */
  public CollectiveSettings withGroupKey(int key) {
    return new CollectiveSettings(hint, key, firstKey, bucketBytes);
  }

  /** Returns a copy with another first key. */
  public CollectiveSettings withFirstKey(int key) {
    return new CollectiveSettings(hint, groupKey, key, bucketBytes);
  }

  /** Returns a copy with another size of buckets. */
  public CollectiveSettings withBucketBytes(long bytes) {
    return new CollectiveSettings(hint, groupKey, firstKey, bytes);
  }
}
