package dev.recal.graphs.synthesis.oneshot.training;

import dev.recal.graphs.data.items.ImageHeader;
import dev.recal.graphs.logs.AdversarialCurves;
import dev.recal.graphs.logs.CurvesLog;
import dev.recal.graphs.logs.TrainingLog;
import dev.recal.graphs.synthesis.oneshot.Pyramid;
import dev.recal.graphs.synthesis.oneshot.image.OneShotImage;
import dev.recal.graphs.synthesis.oneshot.image.OneShotImageFile;
import dev.recal.graphs.task.PreparedTraining;
import dev.recal.graphs.training.TrainingJob;
import dev.recal.graphs.training.TrainingPlan;
import dev.recal.graphs.training.TrainingStage;
import dev.recal.ops.Replicas;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * The training of a pyramid with its opened image.
 *
 * @param recipe networks and settings
 * @param pyramid the sizes of the scales
 * @param image at the size of the largest scale
 */
public record PreparedOneShot(OneShotRecipe recipe, Pyramid pyramid, OneShotImage image)
    implements PreparedTraining<OneShotRecipe> {

  /**
   * Opens a recipe's image.
   *
   * @throws IOException if it cannot be read
   * @throws IllegalArgumentException if it is too small or too long, or has one colour only
   */
  static PreparedOneShot open(OneShotRecipe recipe) throws IOException {
    Path file = recipe.data().path();
    OneShotImage whole = OneShotImageFile.read(file, ImageHeader.MAX_PIXELS);
    if (whole.isPlain()) {
      throw new IllegalArgumentException(
          "image: expected different colours, but all pixels of " + file + " have the same one.");
    }
    Pyramid pyramid = Pyramid.of(whole.height(), whole.width(), recipe.pyramid());
    return new PreparedOneShot(recipe, pyramid, whole.reducedTo(pyramid));
  }

  @Override
  public List<String> description() {
    return List.of(
        String.format(
            Locale.ROOT,
            "Training %d scales from %d×%d to %d×%d (width×height) on %s%s",
            pyramid.scales(),
            pyramid.width(0),
            pyramid.height(0),
            pyramid.width(),
            pyramid.height(),
            recipe.data().path().getFileName(),
            image.channels() == 1 ? ", which is grey" : ""));
  }

  @Override
  public TrainingPlan plan(Path directory) {
    OneShotSettings settings = recipe.training();
    ScaleCosts costs = ScaleCosts.of(recipe, pyramid, image.channels());
    List<TrainingStage> stages =
        IntStream.range(0, pyramid.scales())
            .<TrainingStage>mapToObj(scale -> stage(directory, scale, costs))
            .toList();
    return new TrainingPlan(
        recipe.name(),
        directory,
        settings.session(),
        settings.intervals().intervals(),
        Optional.empty(),
        stages);
  }

  private TrainingStage stage(Path directory, int scale, ScaleCosts costs) {
    return new TrainingStage() {
      @Override
      public long steps() {
        return recipe.training().steps();
      }

      @Override
      public String title() {
        return "scale " + (scale + 1) + " of " + pyramid.scales();
      }

      @Override
      public double costOfStep() {
        return costs.ofStep(scale);
      }

      @Override
      public TrainingJob open(Optional<Path> previous, TrainingLog log, Replicas replicas)
          throws IOException {
        TrainingStage.requireSingle(
            replicas, "One-shot synthesis trains on one image, which cannot be divided.");
        return new OneShotJob(
            PreparedOneShot.this, costs.profiles().get(scale), scale, previous, directory, log);
      }
    };
  }

  @Override
  public CurvesLog.Curves curves() {
    return AdversarialCurves::draw;
  }

  @Override
  public void close() {
    // The image is in Java's memory.
  }
}
