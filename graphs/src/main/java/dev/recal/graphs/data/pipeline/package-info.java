/**
 * The tf.data pipeline that reads a {@link dev.recal.graphs.data.DataSet} in a graph: reading,
 * decoding, augmentation, batching and prefetching in TensorFlow's threads.
 *
 * <p>Everything random is a pure function of seed, epoch and position in the epoch, so that a
 * pipeline started at any batch continues exactly as if it had run from the beginning.
 */
package dev.recal.graphs.data.pipeline;
