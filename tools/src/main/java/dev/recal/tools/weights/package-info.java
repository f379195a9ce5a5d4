/** Texts about the weights of other libraries. */
package dev.recal.tools.weights;
