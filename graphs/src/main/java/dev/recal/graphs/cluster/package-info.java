/**
 * Many workers: processes that train one network together, over TensorFlow's gRPC servers and
 * collective operations.
 *
 * <p>{@link dev.recal.graphs.cluster.Workers} is what a training loop sees. {@link
 * dev.recal.graphs.cluster.WorkerServer} is the only class that uses TensorFlow's internal C API.
 */
package dev.recal.graphs.cluster;
