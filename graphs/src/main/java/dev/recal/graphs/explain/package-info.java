/** Explanations of a trained network: Grad-CAM, and the values of its modules. */
package dev.recal.graphs.explain;
