/**
 * Metrics of generated images: distances between the feature distributions of real and generated
 * images, precision and recall, diversity, and memorisation of training images.
 *
 * <p>{@link dev.recal.graphs.synthesis.metrics.SynthesisEvaluation} takes two streams of images and
 * returns all metrics at once. All arithmetic on features is done in double precision.
 */
package dev.recal.graphs.synthesis.metrics;
