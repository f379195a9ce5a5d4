/**
 * Collective operations: values of all replicas of a network as one, in TensorFlow's own runtime.
 *
 * <p>{@link dev.recal.ops.collective.ReplicaGroup} is the group as one replica sees it. Replicas
 * are devices of one process, or processes of a cluster; the operations are the same.
 */
package dev.recal.ops.collective;
