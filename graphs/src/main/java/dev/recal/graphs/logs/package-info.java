/**
 * What a training run tells the outside: progress on the terminal, TensorBoard event files, metrics
 * as JSON lines, and a picture of the curves.
 *
 * <p>A {@link dev.recal.graphs.logs.TrainingLog} listens; {@link
 * dev.recal.graphs.logs.TrainingLogs} joins several and decides what happens when one fails: a log
 * that cannot be opened stops the run before its first step, a log that fails later is dropped with
 * one warning and training goes on.
 */
package dev.recal.graphs.logs;
