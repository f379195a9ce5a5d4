/** Where a generator's images come from: latent vectors drawn by a seed, and ways between them. */
package dev.recal.graphs.synthesis.latent;
