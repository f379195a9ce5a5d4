/** Import and export of weights: files of tensors, matched to a network's variables. */
package dev.recal.tools.weights;
