/**
 * Training of a classification network: one {@code session.run} per step.
 *
 * <p>{@link dev.recal.graphs.training.TrainingGraph} is the graph, {@link
 * dev.recal.graphs.training.Trainer} the training loop, {@link
 * dev.recal.graphs.training.CheckpointDirectory} stores the checkpoints.
 */
package dev.recal.graphs.training;
