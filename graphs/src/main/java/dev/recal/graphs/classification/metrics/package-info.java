/**
 * Metrics of a classifier: counted inside the graph, summed up in Java, shown as a table and as a
 * heat map.
 *
 * <p>A label below zero marks padding of a batch, which all counts ignore.
 */
package dev.recal.graphs.classification.metrics;
