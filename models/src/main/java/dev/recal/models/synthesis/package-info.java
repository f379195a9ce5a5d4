/**
 * Generators of images: trained ones opened, exported and called; their latent vectors as files.
 */
package dev.recal.models.synthesis;
