/** Weights of other libraries in and out: files of tensors, matched to a network's variables. */
package dev.recal.models.weights;
