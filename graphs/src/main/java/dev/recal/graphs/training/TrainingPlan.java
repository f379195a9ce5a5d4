package dev.recal.graphs.training;

import dev.recal.graphs.data.DataSet;
import dev.recal.graphs.data.PipelineSettings;
import dev.recal.graphs.network.Network;
import dev.recal.graphs.weights.InitialWeights;
import java.nio.file.Path;
import java.util.Optional;

/**
 * The inputs of a training run.
 *
 * @param name a short name for people
 * @param network for the data's number of classes
 * @param settings the training settings
 * @param training the training images; not closed by the trainer
 * @param input their preparation; its batch is one micro-batch
 * @param evaluation the evaluation images; not closed by the trainer
 * @param evaluationInput how they are prepared
 * @param weights the initial weights; empty for random values
 * @param directory the directory of the run; checkpoints go to {@code checkpoints/}
 */
public record TrainingPlan(
    String name,
    Network network,
    TrainingSettings settings,
    DataSet training,
    PipelineSettings input,
    DataSet evaluation,
    PipelineSettings evaluationInput,
    Optional<InitialWeights.Source> weights,
    Path directory) {

  /** The directory of the checkpoints inside the run's directory. */
  public static final String CHECKPOINTS = "checkpoints";

  /** Rejects data with other classes than the network. */
  public TrainingPlan {
    int classes = training.classNames().size();
    if (network.classes() != classes) {
      throw new IllegalArgumentException(
          "network: expected the "
              + classes
              + " classes of "
              + training.name()
              + ", but got "
              + network.classes()
              + ".");
    }
    if (!training.classNames().equals(evaluation.classNames())) {
      throw new IllegalArgumentException(
          "evaluation: "
              + evaluation.name()
              + " has other classes than "
              + training.name()
              + ": "
              + evaluation.classNames().size()
              + " and "
              + classes
              + ".");
    }
  }

  /** Starts from random values. */
  public TrainingPlan(
      String name,
      Network network,
      TrainingSettings settings,
      DataSet training,
      PipelineSettings input,
      DataSet evaluation,
      PipelineSettings evaluationInput,
      Path directory) {
    this(
        name,
        network,
        settings,
        training,
        input,
        evaluation,
        evaluationInput,
        Optional.empty(),
        directory);
  }

  /** Returns the directory of the checkpoints. */
  public CheckpointDirectory checkpoints() {
    return new CheckpointDirectory(directory.resolve(CHECKPOINTS), settings.checkpoints().keep());
  }
}
