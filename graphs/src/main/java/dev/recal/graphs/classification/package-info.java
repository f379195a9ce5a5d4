/**
 * Classification of images: recipe, data, settings, the graph of a step ({@link
 * dev.recal.graphs.classification.ClassificationGraph}), what the loop does with it ({@link
 * dev.recal.graphs.classification.ClassificationJob}), evaluation and export.
 */
package dev.recal.graphs.classification;
