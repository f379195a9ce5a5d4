package dev.recal.graphs.training;

import dev.recal.graphs.data.DataSet;
import dev.recal.graphs.data.PipelineSettings;
import dev.recal.graphs.network.Network;
import dev.recal.graphs.weights.InitialWeights;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Everything that a run needs.
 *
 * @param name a short name for people
 * @param network for the data's number of classes
 * @param settings how it is trained
 * @param training the images it learns from; not closed by the trainer
 * @param input how they are prepared; its batch is one run's
 * @param evaluation the images it is measured on; not closed by the trainer
 * @param evaluationInput how they are prepared
 * @param weights what the network starts from; empty for random values
 * @param directory where checkpoints go, into {@code checkpoints/}
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

  /** Where a run's checkpoints are, below its directory. */
  public static final String CHECKPOINTS = "checkpoints";

  /** Rejects data whose classes are not the network's. */
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

  /** Returns where the checkpoints go. */
  public CheckpointDirectory checkpoints() {
    return new CheckpointDirectory(directory.resolve(CHECKPOINTS), settings.checkpoints().keep());
  }
}
