/**
 * Image synthesis networks: FastGAN's generator and discriminator as records that build themselves.
 */
package dev.recal.graphs.synthesis;
