/**
 * Training of generators from a handful of images: settings, recipes, runs, the graph of a step and
 * the loop around it.
 */
package dev.recal.graphs.synthesis.training;
