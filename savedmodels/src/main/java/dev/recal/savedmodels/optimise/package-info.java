/** Graphs written anew to answer faster: norms folded, maps and weights in bfloat16. */
package dev.recal.savedmodels.optimise;
