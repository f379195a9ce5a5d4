package dev.recal.models;

import dev.recal.graphs.data.DataSet;
import dev.recal.graphs.data.DataSources;
import dev.recal.graphs.data.OpenSettings;
import dev.recal.graphs.metrics.ClassificationSummary;
import dev.recal.graphs.recipe.TrainingRun;
import dev.recal.graphs.training.CheckpointEvaluation;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * A run's weights measured on images.
 *
 * @param checkpoint whose weights were measured
 * @param summary the metrics
 */
public record RunEvaluation(Path checkpoint, ClassificationSummary summary) {

  /**
   * Measures a checkpoint.
   *
   * @param checkpoint one of the run's; the best one where it is empty
   * @param images shards, or a folder or zip archive of class folders; the run's evaluation images
   *     where it is empty
   * @param strict whether unusable files are refused instead of skipped
   * @throws IOException if checkpoint or images cannot be read
   * @throws IllegalArgumentException if there is no checkpoint, or the images have other classes
   */
  public static RunEvaluation of(
      TrainingRun run, Optional<Path> checkpoint, Optional<Path> images, boolean strict)
      throws IOException {
    Path chosen = Checkpoints.choose(run.directory(), run.checkpoints(), checkpoint);
    try (DataSet data =
        images.isEmpty()
            ? run.openEvaluation(strict)
            : open(images.get(), run.labels(), OpenSettings.defaults().withStrict(strict))) {
      return new RunEvaluation(
          chosen,
          CheckpointEvaluation.evaluate(
              run.recipe().network(),
              run.recipe().training(),
              data,
              run.evaluationInput(),
              chosen));
    }
  }

  /**
   * Opens images with the classes of a network.
   *
   * @throws IOException if they cannot be read
   * @throws IllegalArgumentException if they have other classes
   */
  static DataSet open(Path images, List<String> labels, OpenSettings settings) throws IOException {
    try (DataSet found = DataSources.of(images).open(settings)) {
      return found.withClasses(labels);
    }
  }
}
