/**
 * Gradients, including TensorFlow's missing and wrong ones.
 *
 * <p>{@link dev.recal.ops.gradient.Gradients} differentiates a graph and rejects paths on which the
 * result would be missing or wrong; {@link dev.recal.ops.gradient.CompositeGradient} defines a
 * custom gradient for any composite of operations.
 */
package dev.recal.ops.gradient;
