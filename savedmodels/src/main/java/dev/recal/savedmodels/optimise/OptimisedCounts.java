package dev.recal.savedmodels.optimise;

/**
 * The optimisations of one signature.
 *
 * @param norms batch norms of maps
 * @param foldedNorms those that are no longer separate operations
 * @param convolutions of maps
 * @param narrowConvolutions those that compute in bfloat16
 */
public record OptimisedCounts(
    int norms, int foldedNorms, int convolutions, int narrowConvolutions) {}
