/**
 * What every kind of training shares: the loop, stages, checkpoints and their intervals.
 *
 * <p>A {@link dev.recal.graphs.training.TrainingJob} is one graph with its steps, a {@link
 * dev.recal.graphs.training.TrainingStage} opens one, a {@link
 * dev.recal.graphs.training.TrainingPlan} lists the stages of a run, and a {@link
 * dev.recal.graphs.training.TrainingLoop} trains them one after the other. What they learn is not
 * known here.
 */
package dev.recal.graphs.training;
