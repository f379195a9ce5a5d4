/**
 * Reports of a training run: progress on the terminal, TensorBoard event files, metrics as JSON
 * lines, and a chart of the curves.
 *
 * <p>A {@link dev.recal.graphs.logs.TrainingLog} listens; {@link
 * dev.recal.graphs.logs.TrainingLogs} combines several and handles failures: a log that cannot be
 * opened stops the run before its first step; a log that fails later is dropped with a warning and
 * training continues.
 */
package dev.recal.graphs.logs;
