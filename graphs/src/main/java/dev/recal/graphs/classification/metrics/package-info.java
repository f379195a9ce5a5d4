/**
 * How well a classifier does: counts taken inside the graph, added up in Java, shown as a table and
 * as a picture.
 *
 * <p>A label below zero marks a row that fills up a batch and is no image; every count leaves such
 * rows out.
 */
package dev.recal.graphs.classification.metrics;
