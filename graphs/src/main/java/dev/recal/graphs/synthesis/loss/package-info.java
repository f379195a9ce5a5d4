/** Losses, distances and augmentation for generators and discriminators. */
package dev.recal.graphs.synthesis.loss;
