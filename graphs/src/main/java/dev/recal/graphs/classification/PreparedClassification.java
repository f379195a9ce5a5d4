package dev.recal.graphs.classification;

import dev.recal.graphs.classification.metrics.ClassificationSummary;
import dev.recal.graphs.classification.metrics.ConfusionHeatMap;
import dev.recal.graphs.data.DataSet;
import dev.recal.graphs.data.SkippedItem;
import dev.recal.graphs.logs.LastSteps;
import dev.recal.graphs.objective.OutputKind;
import dev.recal.graphs.task.PreparedTraining;
import dev.recal.graphs.task.RecipeData;
import dev.recal.graphs.task.RunLabels;
import dev.recal.graphs.training.CheckpointDirectory;
import dev.recal.graphs.training.TrainingOutcome;
import dev.recal.graphs.training.TrainingPlan;
import dev.recal.graphs.training.TrainingStage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * The training of a classifier with its opened images.
 *
 * @param recipe for a network of as many classes as the images have
 * @param data the images
 */
public record PreparedClassification(ClassificationRecipe recipe, RecipeData data)
    implements PreparedTraining<ClassificationRecipe> {

  /** The file name of a run's {@link Judgement} as JSON. */
  public static final String JUDGEMENT = "judgement.json";

  /** The file name of a run's confusion matrix picture. */
  public static final String CONFUSION = "confusion.png";

  /** Rejects images of other classes than the network's, and fewer images than a batch. */
  public PreparedClassification {
    FittedTargets.require(recipe.training().loss(), recipe.network().classes(), data.training());
    RunLabels.require(data.training());
    recipe.stepsPerEpoch(data.training());
    if (!data.training().outputNames().equals(data.evaluation().outputNames())) {
      throw new IllegalArgumentException(
          "evaluation: expected the classes or numbers of "
              + data.training().name()
              + ", but got others in "
              + data.evaluation().name()
              + ".");
    }
  }

  /**
   * Opens a recipe's images and fits the network to their classes.
   *
   * @param strict whether unusable files are rejected instead of skipped
   * @throws IOException if files cannot be read, or are rejected
   * @throws IllegalArgumentException if there are no images, or evaluation has unknown classes
   */
  static PreparedClassification open(ClassificationRecipe recipe, boolean strict)
      throws IOException {
    RecipeData data = recipe.data().sources().open(recipe.training().session().seed(), strict);
    try {
      return new PreparedClassification(FittedTargets.fit(recipe, data.training()), data);
    } catch (RuntimeException refused) {
      data.close();
      throw refused;
    }
  }

  @Override
  public Map<String, String> files() {
    return RunLabels.file(data.training().outputNames());
  }

  @Override
  public List<String> description() {
    List<String> lines = new ArrayList<>();
    lines.add("Training on " + data.training());
    lines.add("Evaluating on " + data.evaluation());
    if (recipe.training().loss().outputs() != OutputKind.ONE_CLASS) {
      return lines;
    }
    int[] training = data.training().classCounts();
    int[] evaluation = data.evaluation().classCounts();
    List<String> unvalidated =
        IntStream.range(0, training.length)
            .filter(label -> training[label] > 0 && evaluation[label] == 0)
            .mapToObj(data.training().classNames()::get)
            .toList();
    if (!unvalidated.isEmpty()) {
      lines.add(
          "Classes without an image to evaluate: "
              + (unvalidated.size() + " of " + training.length)
              + (" (" + DataSet.summarise(unvalidated) + ")"));
    }
    return lines;
  }

  @Override
  public List<SkippedItem> skipped() {
    return data.skipped();
  }

  @Override
  public TrainingPlan plan(Path directory) {
    ClassificationSettings settings = recipe.training();
    return new TrainingPlan(
        recipe.name(),
        directory,
        settings.session(),
        settings.intervals(),
        settings.patience(),
        settings.minDelta(),
        List.of(stage(directory)));
  }

  private TrainingStage stage(Path directory) {
    return TrainingStage.only(
        recipe.training().totalSteps(recipe.stepsPerEpoch(data.training())),
        (log, replicas) -> new ClassificationJob(recipe, data, directory, log, replicas));
  }

  @Override
  public List<String> finish(Path directory, TrainingOutcome outcome) throws IOException {
    Measured last = (Measured) outcome.last();
    List<String> lines = new ArrayList<>(data.unreadableText());
    if (last.classes().isEmpty()) {
      lines.addAll(MeasuredText.of(last, data.training().outputNames(), "at the end"));
      lines.add(
          String.format(
              Locale.ROOT,
              "Best %s %.4f (%s)",
              Objective.scoreName(last.kind()),
              outcome.bestScore().orElse(Double.NaN),
              outcome.checkpoint().getFileName()));
      return lines;
    }
    ClassificationSummary classes = last.classes().get();
    ConfusionHeatMap.draw(
        classes.confusion(), data.training().classNames(), directory.resolve(CONFUSION));
    lines.add(
        String.format(
            Locale.ROOT,
            "%s %.2f %% at the end, %.2f %% at best (%s)",
            last.balanced() ? "Balanced accuracy" : "Top-1",
            100 * last.score().orElse(Double.NaN),
            100 * outcome.bestScore().orElse(last.score().orElse(Double.NaN)),
            outcome.checkpoint().getFileName()));
    Judgement judgement = judgement(directory, classes, best(outcome));
    judgement.write(directory.resolve(JUDGEMENT));
    lines.addAll(judgement.text());
    return lines;
  }

  // Of the weights that are exported, if they are not the last ones.
  private Optional<Evidence.Best> best(TrainingOutcome outcome) throws IOException {
    long step = CheckpointDirectory.describe(outcome.checkpoint()).step();
    if (step == outcome.steps() || data.evaluation().count() == 0) {
      return Optional.empty();
    }
    ClassificationSummary measured =
        CheckpointEvaluation.measure(
                recipe.network(),
                recipe.training(),
                data.evaluation(),
                recipe.evaluationInput(),
                recipe.data().seen(),
                recipe.data().imageSize(),
                outcome.checkpoint())
            .summary()
            .classes()
            .orElseThrow();
    return Optional.of(new Evidence.Best(step, measured.confusion(), measured.undecided()));
  }

  private Judgement judgement(
      Path directory, ClassificationSummary measured, Optional<Evidence.Best> best) {
    return Judgement.of(
        new Evidence(
            data.training().classNames(),
            Evidence.counts(data.training().classCounts()),
            measured.confusion(),
            measured.undecided(),
            Evidence.Sizes.of(data.training(), recipe.data()),
            data.skipped().size() + data.unreadable().size(),
            Evidence.Training.of(recipe),
            LastSteps.ofRun(directory),
            Optional.empty(),
            best));
  }

  @Override
  public void close() {
    data.close();
  }
}
