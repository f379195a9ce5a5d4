/**
 * What changes the weights: optimisers on {@code ResourceApply*} operations, weight decay, learning
 * rate schedules and averaged weights, all inside the graph.
 *
 * <p>The framework's optimisers are not used: they train every reference variable, bake the
 * learning rate in as a constant, and Adam races.
 */
package dev.recal.graphs.optimisation;
