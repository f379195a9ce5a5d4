/** The way back from an image to the latent vector that makes it, as nearly as can be. */
package dev.recal.graphs.synthesis.projection;
