package dev.recal.graphs.detection.training;

import dev.recal.graphs.data.DataSet;
import dev.recal.graphs.data.DataSource;
import dev.recal.graphs.data.SkippedItem;
import dev.recal.graphs.data.targets.ObjectTargets;
import dev.recal.graphs.detection.metrics.PrecisionRecallPlot;
import dev.recal.graphs.logs.CurvesLog;
import dev.recal.graphs.logs.DetectionCurves;
import dev.recal.graphs.task.PreparedTraining;
import dev.recal.graphs.task.RecipeData;
import dev.recal.graphs.task.RunLabels;
import dev.recal.graphs.training.TrainingOutcome;
import dev.recal.graphs.training.TrainingPlan;
import dev.recal.graphs.training.TrainingStage;
import dev.recal.ops.Counted;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * The training of a detector with its opened images.
 *
 * @param recipe whose detector has as many classes as the objects
 * @param data the images
 */
public record PreparedDetection(DetectionRecipe recipe, RecipeData data)
    implements PreparedTraining<DetectionRecipe> {

  /** The file name of a run's picture of precision against recall. */
  public static final String PRECISION_RECALL = "precision-recall.png";

  /** Rejects images without objects, and fewer images than a batch. */
  public PreparedDetection {
    requireObjects("training", data.training());
    requireObjects("evaluation", data.evaluation());
    RunLabels.require(data.training());
    recipe.stepsPerEpoch(data.training());
  }

  private static void requireObjects(String name, DataSet images) {
    if (!(images.targets() instanceof ObjectTargets)) {
      throw new IllegalArgumentException(
          (name + ": expected images with objects, but got " + images.targets().description())
              + (" in " + images.name() + "."));
    }
  }

  /**
   * Opens a recipe's images and fits the detector to their classes.
   *
   * @param strict whether unusable files are rejected instead of skipped
   * @throws IOException if files cannot be read, or are rejected
   * @throws IllegalArgumentException if there are no images, or evaluation has unknown classes
   */
  static PreparedDetection open(DetectionRecipe recipe, boolean strict) throws IOException {
    RecipeData data = recipe.data().sources().open(recipe.training().session().seed(), strict);
    try {
      int classes = data.training().classNames().size();
      return new PreparedDetection(recipe.withNetwork(recipe.network().withClasses(classes)), data);
    } catch (RuntimeException refused) {
      data.close();
      throw refused;
    }
  }

  @Override
  public Map<String, String> files() {
    return RunLabels.file(data.training().classNames());
  }

  @Override
  public List<String> description() {
    return List.of(
        "Training a detector on " + described(data.training()),
        "Evaluating on " + described(data.evaluation()));
  }

  private static String described(DataSet images) {
    ObjectTargets targets = (ObjectTargets) images.targets();
    long objects = 0;
    for (int i = 0; i < images.count(); i++) {
      objects += targets.objects(images.itemOf(i)).objects().size();
    }
    return String.format(
        Locale.ROOT,
        "%s: %s, %s of %d classes",
        images.name(),
        Counted.of(images.count(), "image"),
        Counted.of(objects, "object"),
        images.classNames().size());
  }

  @Override
  public List<SkippedItem> skipped() {
    return data.skipped();
  }

  @Override
  public TrainingPlan plan(Path directory) {
    DetectionTraining settings = recipe.training();
    return new TrainingPlan(
        recipe.name(),
        directory,
        settings.session(),
        settings.intervals(),
        settings.patience(),
        List.of(stage(directory)));
  }

  private TrainingStage stage(Path directory) {
    DataSource evaluated = recipe.data().evaluation().orElse(recipe.data().training());
    return TrainingStage.only(
        recipe.training().totalSteps(recipe.stepsPerEpoch(data.training())),
        (log, replicas) ->
            new DetectionJob(
                recipe,
                data,
                TrueObjects.of(data.evaluation(), evaluated),
                directory,
                log,
                replicas));
  }

  @Override
  public CurvesLog.Curves curves() {
    return DetectionCurves::draw;
  }

  @Override
  public List<String> finish(Path directory, TrainingOutcome outcome) {
    DetectionSummary last = (DetectionSummary) outcome.last();
    List<String> lines = new ArrayList<>(data.unreadableText());
    lines.addAll(DetectionText.lines(last));
    if (last.score().isPresent()) {
      PrecisionRecallPlot.draw(
          last.masks().orElse(last.boxes()), recipe.name(), directory.resolve(PRECISION_RECALL));
    }
    outcome
        .bestScore()
        .ifPresent(
            best ->
                lines.add(
                    String.format(
                        Locale.ROOT,
                        "Best box AP %.3f (%s)",
                        best,
                        outcome.checkpoint().getFileName())));
    return lines;
  }

  @Override
  public void close() {
    data.close();
  }
}
