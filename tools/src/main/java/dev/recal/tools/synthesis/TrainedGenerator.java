package dev.recal.tools.synthesis;

import dev.recal.graphs.synthesis.FastGanGenerator;

/**
 * A generator with the place of its weights.
 *
 * @param generator the network
 * @param seed of the run that trained it, from which the network draws its noise
 * @param prefix of the checkpoint
 * @param scope what stands before the variables' names there
 */
record TrainedGenerator(FastGanGenerator generator, long seed, String prefix, String scope) {}
