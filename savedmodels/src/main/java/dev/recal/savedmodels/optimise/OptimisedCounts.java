package dev.recal.savedmodels.optimise;

/**
 * What was optimised of one building of a network.
 *
 * @param norms batch norms of maps
 * @param foldedNorms those that are no operation of their own any more
 * @param convolutions of maps
 * @param narrowConvolutions those that compute in bfloat16
 */
public record OptimisedCounts(
    int norms, int foldedNorms, int convolutions, int narrowConvolutions) {}
