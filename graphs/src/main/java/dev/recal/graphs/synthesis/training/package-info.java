/**
 * Training of generators on few images: settings, recipes, runs, the graph of a step and the
 * training loop.
 */
package dev.recal.graphs.synthesis.training;
