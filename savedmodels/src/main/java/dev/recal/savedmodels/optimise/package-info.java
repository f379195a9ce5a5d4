/** Optimisation of graphs for inference: norms folded, maps and weights in bfloat16. */
package dev.recal.savedmodels.optimise;
