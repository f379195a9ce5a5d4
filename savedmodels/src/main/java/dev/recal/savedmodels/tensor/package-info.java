/** Tensors as plain Java values: what goes into and comes out of a model or a weight file. */
package dev.recal.savedmodels.tensor;
