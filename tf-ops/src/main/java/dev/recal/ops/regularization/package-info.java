/** Layers that are active only in training. */
package dev.recal.ops.regularization;
