/**
 * Labelled images, and the tf.data pipeline that reads them into a graph.
 *
 * <p>A {@link dev.recal.graphs.data.DataSource} (a folder, a zip archive, CIFAR binary files,
 * TFRecords or the procedurally generated textures) is opened into a {@link
 * dev.recal.graphs.data.DataSet}: class names, labels, a digest of the content, and a report of all
 * files that were left out. An {@link dev.recal.graphs.data.InputPipeline} then adds tf.data ops to
 * a graph: reading, decoding, {@linkplain dev.recal.graphs.data.Augmentation augmentation},
 * batching and prefetching run in TensorFlow's threads, and no pixel passes through Java in a step.
 *
 * <p>Everything random is a pure function of seed, epoch and position in the epoch, so that a
 * pipeline started at any batch continues exactly as if it had run from the beginning.
 *
 * <p>Images are float32, N×H×W×3, in 0–1; normalisation belongs to the network.
 */
package dev.recal.graphs.data;
