package dev.recal.models;

import dev.recal.graphs.data.DataSet;
import dev.recal.graphs.data.OpenSettings;
import dev.recal.graphs.data.pipeline.PipelineSettings;
import dev.recal.graphs.data.source.DataSources;
import dev.recal.graphs.network.Network;
import dev.recal.graphs.objective.OutputKind;
import dev.recal.graphs.training.Precision;
import dev.recal.graphs.weights.InitialWeights;
import dev.recal.graphs.weights.StoredNetwork;
import dev.recal.models.export.EvaluatedImages;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.tensorflow.proto.ConfigProto;

/**
 * A network with its weights and the settings to measure it: a run, an exported SavedModel, or
 * imported weights.
 *
 * @param network the settings
 * @param labels the class names in the order of the logits
 * @param weights their location
 * @param input the preparation of images
 * @param session the session settings of its training
 * @param run whose recipe names images; empty for imported weights
 */
public record MeasuredModel(
    Network network,
    List<String> labels,
    InitialWeights weights,
    PipelineSettings input,
    ConfigProto session,
    Optional<EvaluatedImages> run) {

  private static final int BATCH = 100;

  /** Copies the labels. */
  public MeasuredModel {
    labels = List.copyOf(labels);
  }

  /**
   * Opens a model.
   *
   * @throws IllegalArgumentException if the path is none of these
   * @throws IOException if it cannot be read
   */
  public static MeasuredModel open(Path path) throws IOException {
    return StoredNetwork.isAt(path) ? of(StoredNetwork.open(path)) : of(TrainedNetwork.open(path));
  }

  private static MeasuredModel of(StoredNetwork stored) {
    StoredNetwork.Description description = stored.description();
    int size = description.imageSize();
    return new MeasuredModel(
        description.network(),
        stored.labels(),
        new InitialWeights(stored.prefix(), "", false),
        PipelineSettings.evaluation(BATCH, size, size, description.evaluationAugmentation()),
        Precision.FLOAT32.session(0),
        Optional.empty());
  }

  private static MeasuredModel of(TrainedNetwork trained) {
    OutputKind kind = trained.recipe().training().loss().outputs();
    if (kind != OutputKind.ONE_CLASS) {
      throw new IllegalArgumentException(
          "model: expected one for images with one class each, whose accuracy can be compared, but"
              + " its images have "
              + kind.description()
              + ".");
    }
    return new MeasuredModel(
        trained.recipe().network(),
        trained.labels(),
        trained.weights(),
        trained.recipe().evaluationInput(),
        trained.recipe().training().session().config(),
        Optional.of(new EvaluatedImages(trained.recipe(), trained.labels())));
  }

  /**
   * Opens images to measure on, with the model's classes.
   *
   * @param data a folder or zip archive of class folders, or shards; if absent, the evaluation
   *     images of the run
   * @param strict whether unusable files are rejected instead of skipped
   * @throws IllegalArgumentException if there is no path and no run
   * @throws IOException if they cannot be read
   */
  public DataSet images(Optional<Path> data, boolean strict) throws IOException {
    if (data.isEmpty()) {
      return run.orElseThrow(
              () ->
                  new IllegalArgumentException(
                      "data: imported weights do not specify images to measure on; pass a folder, zip"
                          + " archive or shards with the network's classes."))
          .open(strict);
    }
    OpenSettings settings =
        OpenSettings.defaults().withStrict(strict).withMemoryLimitBytes(input.memoryLimitBytes());
    try (DataSet found = DataSources.of(data.get()).open(settings)) {
      return found.withClasses(labels);
    }
  }
}
