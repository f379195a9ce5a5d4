/** Tensors as plain Java values: the inputs and outputs of models and weight files. */
package dev.recal.savedmodels.tensor;
