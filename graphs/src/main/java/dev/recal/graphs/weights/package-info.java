/**
 * Weights of other libraries: naming and layout of tensors, and directories of a network with its
 * weights.
 */
package dev.recal.graphs.weights;
