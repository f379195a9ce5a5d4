/**
 * How good generated images are: distances between the distributions of features of real and
 * generated images, precision and recall, diversity, and whether training images were memorised.
 *
 * <p>{@link dev.recal.graphs.synthesis.metrics.SynthesisEvaluation} takes two streams of images and
 * returns all measures at once. All arithmetic on features is done in double precision.
 */
package dev.recal.graphs.synthesis.metrics;
