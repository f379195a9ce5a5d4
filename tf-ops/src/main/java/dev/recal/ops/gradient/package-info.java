/**
 * Gradients, and the one place that knows which of them TensorFlow lacks or gets wrong.
 *
 * <p>{@link dev.recal.ops.gradient.Gradients} differentiates a graph and refuses paths on which the
 * result would be missing or wrong; {@link dev.recal.ops.gradient.CompositeGradient} gives any
 * composite of operations a gradient of one's own.
 */
package dev.recal.ops.gradient;
