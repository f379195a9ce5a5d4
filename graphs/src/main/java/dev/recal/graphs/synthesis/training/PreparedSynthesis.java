package dev.recal.graphs.synthesis.training;

import dev.recal.graphs.data.DataSet;
import dev.recal.graphs.data.SkippedItem;
import dev.recal.graphs.logs.AdversarialCurves;
import dev.recal.graphs.logs.CurvesLog;
import dev.recal.graphs.logs.TrainingLog;
import dev.recal.graphs.synthesis.loss.FeatureNetworks;
import dev.recal.graphs.synthesis.loss.ImageDistance;
import dev.recal.graphs.task.PreparedTraining;
import dev.recal.graphs.training.TrainingJob;
import dev.recal.graphs.training.TrainingPlan;
import dev.recal.graphs.training.TrainingStage;
import dev.recal.ops.Counted;
import dev.recal.ops.Replicas;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * The training of a generator with its opened images and distance.
 *
 * @param recipe network and settings
 * @param data the images
 * @param distance what reconstructions are compared with
 */
public record PreparedSynthesis(SynthesisRecipe recipe, DataSet data, ImageDistance distance)
    implements PreparedTraining<SynthesisRecipe> {

  /**
   * Opens a recipe's distance and images.
   *
   * @param strict whether unusable files are rejected instead of skipped
   * @throws IOException if files cannot be read, or are rejected
   * @throws IllegalArgumentException if there are no images
   */
  static PreparedSynthesis open(SynthesisRecipe recipe, boolean strict) throws IOException {
    ImageDistance distance = recipe.training().distance().open(FeatureNetworks.onClassPath());
    try {
      return new PreparedSynthesis(recipe, recipe.data().open(strict), distance);
    } catch (IOException | RuntimeException failure) {
      distance.close();
      throw failure;
    }
  }

  @Override
  public List<String> description() {
    int size = recipe.network().size();
    int count = data.count();
    List<String> text = new ArrayList<>();
    text.add(
        String.format(
            Locale.ROOT,
            "Training a generator of %d×%d on %s of %s",
            size,
            size,
            Counted.of(count, "image"),
            data.name()));
    if (count < recipe.training().batch()) {
      text.add(
          "There are fewer images than the batch size "
              + recipe.training().batch()
              + ": a batch contains some of them several times"
              + (count == 1 ? ", and the generator will learn nothing but this image." : "."));
    }
    text.add("Reconstructions are compared by " + distance.description() + ".");
    return text;
  }

  @Override
  public List<SkippedItem> skipped() {
    return data.skipped();
  }

  /** Returns the steps of one pass over the images, at least 1. */
  long stepsPerEpoch() {
    return Math.max(1, data.count() / recipe.training().batch());
  }

  @Override
  public TrainingPlan plan(Path directory) {
    SynthesisSettings settings = recipe.training();
    return new TrainingPlan(
        recipe.name(),
        directory,
        settings.session(),
        settings.intervals().intervals(),
        settings.patience(),
        List.of(stage(directory)));
  }

  private TrainingStage stage(Path directory) {
    return new TrainingStage() {
      @Override
      public long steps() {
        return recipe.training().steps();
      }

      @Override
      public TrainingJob open(Optional<Path> previous, TrainingLog log, Replicas replicas)
          throws IOException {
        return new SynthesisJob(PreparedSynthesis.this, directory, log, replicas);
      }
    };
  }

  @Override
  public CurvesLog.Curves curves() {
    return AdversarialCurves::draw;
  }

  @Override
  public void close() {
    data.close();
    distance.close();
  }
}
