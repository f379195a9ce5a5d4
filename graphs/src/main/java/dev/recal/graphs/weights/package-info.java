/**
 * Weights that come from elsewhere: how others name and lay out a network's tensors, and
 * directories of weights with the network that they belong to.
 */
package dev.recal.graphs.weights;
