/**
 * Training of generators on few images: the task, its settings and recipes, the graph of a step,
 * its job, and benchmarks of it.
 */
package dev.recal.graphs.synthesis.training;
