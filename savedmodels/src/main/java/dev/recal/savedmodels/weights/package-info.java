/** Files of weights: safetensors. */
package dev.recal.savedmodels.weights;
