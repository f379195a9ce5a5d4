/**
 * Data sets: images or arrays of numbers, their targets, a digest of the content, and a report of
 * all files that were left out.
 *
 * <p>A {@link dev.recal.graphs.data.DataSource} is opened into a {@link
 * dev.recal.graphs.data.DataSet}, or {@link dev.recal.graphs.data.DataSets} makes one of Java
 * values. The sources themselves are in {@code source} and {@code shards}, how images are stored in
 * {@code items}, their targets in {@code targets}, and the pipeline of a graph in {@code pipeline}.
 *
 * <p>Images are float32, N×H×W×3, in 0–1; normalisation belongs to the network.
 */
package dev.recal.graphs.data;
