/** Training of style networks: the task, its recipe, the graph of a step, its job. */
package dev.recal.graphs.style.training;
