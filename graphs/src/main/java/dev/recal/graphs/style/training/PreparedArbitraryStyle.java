package dev.recal.graphs.style.training;

import dev.recal.graphs.data.DataSet;
import dev.recal.graphs.data.OpenSettings;
import dev.recal.graphs.data.SkippedItem;
import dev.recal.graphs.features.LossNetwork;
import dev.recal.graphs.logs.CurvesLog;
import dev.recal.graphs.logs.StyleCurves;
import dev.recal.graphs.task.PreparedTraining;
import dev.recal.graphs.task.RecipeData;
import dev.recal.graphs.training.TrainingOutcome;
import dev.recal.graphs.training.TrainingPlan;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * The training of a network for arbitrary styles with its opened images and encoder.
 *
 * @param recipe network and settings
 * @param data the content images
 * @param styles the style images
 * @param encoder also the loss network
 */
record PreparedArbitraryStyle(
    ArbitraryStyleRecipe recipe, RecipeData data, DataSet styles, LossNetwork encoder)
    implements PreparedTraining<ArbitraryStyleRecipe> {

  static PreparedArbitraryStyle open(ArbitraryStyleRecipe recipe, boolean strict)
      throws IOException {
    LossNetwork encoder = recipe.loss().open(recipe.network().map());
    try {
      return open(recipe, strict, encoder);
    } catch (IOException | RuntimeException | Error refused) {
      encoder.close();
      throw refused;
    }
  }

  private static PreparedArbitraryStyle open(
      ArbitraryStyleRecipe recipe, boolean strict, LossNetwork encoder) throws IOException {
    OpenSettings settings =
        OpenSettings.defaults()
            .withStrict(strict)
            .withMemoryLimitBytes(recipe.data().memoryLimitBytes());
    RecipeData data = recipe.data().open(recipe.training().session().seed(), strict);
    try {
      RecipeData.stepsPerEpoch(data.training(), recipe.training().batch());
      return new PreparedArbitraryStyle(recipe, data, recipe.styles().open(settings), encoder);
    } catch (IOException | RuntimeException | Error refused) {
      data.close();
      throw refused;
    }
  }

  @Override
  public List<String> description() {
    return List.of(
        String.format(
            Locale.ROOT,
            "Training a network for arbitrary styles on %s: %,d images, and %s: %,d styles",
            data.training().name(),
            data.training().count(),
            styles.name(),
            styles.count()),
        "Encoder and loss network: " + encoder.description());
  }

  @Override
  public List<SkippedItem> skipped() {
    List<SkippedItem> all = new ArrayList<>(data.skipped());
    all.addAll(styles.skipped());
    return all;
  }

  /** Returns the steps of one pass over the content images. */
  long stepsPerEpoch() {
    return RecipeData.stepsPerEpoch(data.training(), recipe.training().batch());
  }

  @Override
  public TrainingPlan plan(Path directory) {
    return recipe
        .training()
        .plan(
            recipe.name(),
            directory,
            stepsPerEpoch(),
            (log, replicas) -> new ArbitraryStyleJob(this, directory, log, replicas));
  }

  @Override
  public CurvesLog.Curves curves() {
    return StyleCurves::draw;
  }

  @Override
  public List<String> finish(Path directory, TrainingOutcome outcome) {
    return ((StyleSummary) outcome.last()).report(data, encoder);
  }

  @Override
  public void close() {
    try {
      data.close();
    } finally {
      try {
        styles.close();
      } finally {
        encoder.close();
      }
    }
  }
}
