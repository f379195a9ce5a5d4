package dev.recal.graphs.classification;

import dev.recal.graphs.data.DataSet;
import dev.recal.graphs.data.pipeline.InputPipeline;
import dev.recal.graphs.data.pipeline.PipelineSettings;
import dev.recal.graphs.data.pipeline.Views;
import dev.recal.graphs.network.Network;
import dev.recal.graphs.training.CheckpointDirectory;
import dev.recal.graphs.training.Review;
import dev.recal.ops.GraphScope;
import dev.recal.ops.Saver;
import dev.recal.ops.Tower;
import dev.recal.ops.VariableStore;
import dev.recal.ops.runtime.Graphs;
import dev.recal.ops.runtime.Sessions;
import java.io.IOException;
import java.nio.file.Path;
import org.tensorflow.Graph;
import org.tensorflow.Session;
import org.tensorflow.op.Ops;

/** Evaluates a checkpoint without a trainer. */
public final class CheckpointEvaluation {

  private CheckpointEvaluation() {}

  /**
   * Evaluates all images once; with averaged weights the averages.
   *
   * @param network the checkpoint's
   * @param settings the run's, for precision, threads, averaged weights, loss and metrics
   * @param data the images, with the network's classes or numbers
   * @param input how they are prepared
   * @param checkpoint its directory
   * @return loss, accuracies and further metrics by name
   * @throws IOException if checkpoint or images cannot be read
   * @throws IllegalArgumentException if the images have another number of classes, or not what the
   *     loss compares
   */
  public static Review evaluate(
      Network network,
      ClassificationSettings settings,
      DataSet data,
      PipelineSettings input,
      Path checkpoint)
      throws IOException {
    return measure(network, settings, data, input, Views.SINGLE, input.height(), checkpoint)
        .summary();
  }

  /**
   * The same, to be merged with others.
   *
   * @param views of each image
   * @param size rows and columns of a view
   */
  static Measurements measure(
      Network network,
      ClassificationSettings settings,
      DataSet data,
      PipelineSettings input,
      Views views,
      int size,
      Path checkpoint)
      throws IOException {
    FittedTargets.require(settings.loss(), network.classes(), data);
    CheckpointDirectory.describe(checkpoint);
    try (Graph graph = Graphs.create()) {
      Ops tf = GraphScope.ops(graph);
      VariableStore store = settings.session().store(graph);
      try (InputPipeline pipeline = InputPipeline.build(tf, data, input)) {
        ClassificationTower tower =
            ClassificationTower.evaluating(
                store,
                Tower.inference(),
                network,
                new Batch(pipeline.images(), pipeline.targets()),
                views,
                size,
                Objective.of(settings));
        String scope = settings.weightsScope();
        Saver saver = Saver.add(tf, "checkpoint", store.all(), variable -> scope + variable.name());
        Evaluator evaluator = new Evaluator(tower, pipeline);
        try (Session session = Sessions.open(graph, settings.session().config())) {
          CheckpointDirectory.restore(session, saver, checkpoint);
          return evaluator.measure(session);
        }
      }
    }
  }
}
