/**
 * From gradients to variables: {@link dev.recal.graphs.optimisation.WeightUpdates} with optimisers
 * on {@code ResourceApply*} operations, weight decay, learning rate schedules and averaged weights,
 * all inside the graph.
 *
 * <p>TensorFlow Java's optimisers are not used: they train every reference variable, store the
 * learning rate as a constant, and their Adam has a race condition.
 */
package dev.recal.graphs.optimisation;
