/** Layers that act in training only. */
package dev.recal.ops.regularization;
