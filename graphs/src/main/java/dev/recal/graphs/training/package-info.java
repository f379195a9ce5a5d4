/**
 * Training of a classification network: one {@code session.run} per step.
 *
 * <p>{@link dev.recal.graphs.classification.ClassificationGraph} is the graph, {@link
 * dev.recal.graphs.classification.Trainer} the loop around it, {@link
 * dev.recal.graphs.training.CheckpointDirectory} what survives.
 */
package dev.recal.graphs.training;
