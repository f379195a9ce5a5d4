/** Trained networks pruned by their gates: measured, and written as weights and as a SavedModel. */
package dev.recal.models.pruning;
