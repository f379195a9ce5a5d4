/**
 * Kinds of training, seen from outside: a {@link dev.recal.graphs.task.Task} reads its recipes,
 * prepares what trains them, and builds the graph that answers; a {@link
 * dev.recal.graphs.task.RunDirectory} is a run of any of them.
 */
package dev.recal.graphs.task;
