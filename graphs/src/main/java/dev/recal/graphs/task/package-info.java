/**
 * Kinds of training: a {@link dev.recal.graphs.task.Task} reads its recipes, prepares their
 * training, and builds the served graph; a {@link dev.recal.graphs.task.RunDirectory} is a run of
 * any of them.
 */
package dev.recal.graphs.task;
