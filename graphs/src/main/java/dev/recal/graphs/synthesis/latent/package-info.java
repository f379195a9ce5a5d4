/** Latent vectors of generators: sampling by seed, and interpolation. */
package dev.recal.graphs.synthesis.latent;
