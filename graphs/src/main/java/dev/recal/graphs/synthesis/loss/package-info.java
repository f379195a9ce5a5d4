/** What generators and discriminators are trained on: losses, distances, augmentation. */
package dev.recal.graphs.synthesis.loss;
