package dev.recal.graphs.synthesis.metrics;

/**
 * A kernel distance.
 *
 * @param mean over the subsets; unbiased, so that equal distributions give values about 0, which
 *     may be negative
 * @param standardDeviation over the subsets; 0 for a single one
 * @param subsets the number of subsets
 * @param subsetSize images of each side per subset
 */
public record KernelEstimate(double mean, double standardDeviation, int subsets, int subsetSize) {}
