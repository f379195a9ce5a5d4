/** Projection of images to latent vectors. */
package dev.recal.graphs.synthesis.projection;
