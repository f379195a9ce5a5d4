package dev.recal.graphs.style.training;

import dev.recal.graphs.data.DataSet;
import dev.recal.graphs.data.SkippedItem;
import dev.recal.graphs.features.LossNetwork;
import dev.recal.graphs.logs.CurvesLog;
import dev.recal.graphs.logs.StyleCurves;
import dev.recal.graphs.task.PreparedTraining;
import dev.recal.graphs.task.RecipeData;
import dev.recal.graphs.training.TrainingOutcome;
import dev.recal.graphs.training.TrainingPlan;
import dev.recal.ops.Counted;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * The training of a style network with its opened images and loss network.
 *
 * @param recipe network and settings
 * @param style the style image
 * @param data the content images
 * @param lossNetwork what the losses compare
 */
record PreparedStyle(
    StyleRecipe recipe, StylePixels style, RecipeData data, LossNetwork lossNetwork)
    implements PreparedTraining<StyleRecipe> {

  /**
   * Opens a recipe's style image, content images and loss network.
   *
   * @param strict whether unusable files are rejected instead of skipped
   * @throws IOException if files cannot be read, or are rejected
   * @throws IllegalArgumentException if there are too few images, or the loss network lacks a map
   */
  static PreparedStyle open(StyleRecipe recipe, boolean strict) throws IOException {
    StylePixels style = recipe.style().read();
    RecipeData data = recipe.data().open(recipe.training().session().seed(), strict);
    try {
      RecipeData.stepsPerEpoch(data.training(), recipe.training().batch());
      LossNetwork network = recipe.loss().open();
      return new PreparedStyle(recipe, style, data, network);
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
            "Training a style network on %s, in the style of %s (%d×%d)",
            described(data.training()),
            style.name(),
            style.width(),
            style.height()),
        "Measuring " + described(data.evaluation()),
        "Loss network: " + lossNetwork.description());
  }

  private static String described(DataSet images) {
    return images.name() + ": " + Counted.of(images.count(), "image");
  }

  @Override
  public List<SkippedItem> skipped() {
    return data.skipped();
  }

  /** Returns the steps of one pass over the images. */
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
            (log, replicas) -> new StyleJob(this, directory, log, replicas));
  }

  @Override
  public CurvesLog.Curves curves() {
    return StyleCurves::draw;
  }

  @Override
  public List<String> finish(Path directory, TrainingOutcome outcome) {
    StyleSummary last = (StyleSummary) outcome.last();
    List<String> lines = new ArrayList<>(last.report(data, lossNetwork));
    lines.addAll(StyleJudgement.of(recipe, directory, last).text());
    return lines;
  }

  @Override
  public void close() {
    try {
      data.close();
    } finally {
      lossNetwork.close();
    }
  }
}
