package dev.recal.graphs.classification;

import com.google.gson.JsonObject;
import dev.recal.graphs.classification.metrics.ClassificationSummary;
import dev.recal.graphs.classification.metrics.ConfusionHeatMap;
import dev.recal.graphs.data.DataSet;
import dev.recal.graphs.data.DataSource;
import dev.recal.graphs.data.OpenSettings;
import dev.recal.graphs.data.SkippedItem;
import dev.recal.graphs.data.UnexpectedClassesException;
import dev.recal.graphs.data.source.DataSources;
import dev.recal.graphs.data.source.ImageLabels;
import dev.recal.graphs.data.source.ImageNumbers;
import dev.recal.graphs.logs.LastSteps;
import dev.recal.graphs.task.Evaluation;
import dev.recal.graphs.task.EvaluationRequest;
import dev.recal.graphs.task.RunDirectory;
import dev.recal.graphs.task.RunLabels;
import dev.recal.graphs.task.RunProgress;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Measures a run's weights on images. */
final class ClassificationEvaluation {

  private ClassificationEvaluation() {}

  static Evaluation evaluate(RunDirectory<ClassificationRecipe> run, EvaluationRequest request)
      throws IOException {
    Path checkpoint = run.checkpoint(request.checkpoint());
    List<String> labels = ClassificationTask.labels(run.directory());
    ClassificationRecipe recipe = viewed(run.recipe(), request);
    DataSource source = source(recipe, labels, request);
    DomainEvaluation measured;
    Evidence.Sizes sizes;
    List<SkippedItem> skipped = new ArrayList<>();
    try (DataSet data = open(recipe, labels, request)) {
      skipped.addAll(data.skipped());
      measured = DomainEvaluation.of(recipe, source, data, checkpoint);
      skipped.addAll(data.unreadable());
      sizes = Evidence.Sizes.of(data, recipe.data());
    } catch (UnexpectedClassesException other) {
      throw other.expectedBy(run.directory().resolve(RunLabels.FILE));
    }
    Measured all = measured.all();
    if (request.picture().isPresent()) {
      draw(all, labels, request.picture().get());
    }
    Map<String, Number> metrics = MeasuredText.metrics(all, labels);
    measured.addTo(metrics);
    List<String> text = MeasuredText.of(all, labels, checkpoint.getFileName().toString());
    text.addAll(measured.text());
    JsonObject details = new JsonObject();
    if (all.classes().isPresent()) {
      ClassificationSummary summary = all.classes().get();
      Judgement judgement =
          Judgement.of(
              new Evidence(
                  labels,
                  List.of(),
                  summary.confusion(),
                  summary.undecided(),
                  sizes,
                  skipped.size(),
                  Evidence.Training.of(recipe),
                  LastSteps.ofRun(run.directory()),
                  RunProgress.ofUnfinished(run),
                  Optional.empty()));
      text.addAll(judgement.text());
      details.add("judgement", judgement.json());
    }
    return new Evaluation(checkpoint, metrics, text, skipped, details);
  }

  private static void draw(Measured measured, List<String> labels, Path picture)
      throws IOException {
    if (measured.classes().isEmpty()) {
      throw new IllegalArgumentException(
          "picture: expected images with one class each for a confusion matrix, but they have "
              + measured.kind().description()
              + ".");
    }
    ConfusionHeatMap.draw(measured.classes().get().confusion(), labels, picture);
  }

  private static ClassificationRecipe viewed(
      ClassificationRecipe recipe, EvaluationRequest request) {
    return request
        .views()
        .map(views -> recipe.withData(recipe.data().withViews(views)))
        .orElse(recipe);
  }

  private static DataSource source(
      ClassificationRecipe recipe, List<String> labels, EvaluationRequest request) {
    return request
        .data()
        .map(path -> other(recipe, labels, path))
        .or(recipe.data()::evaluation)
        .orElse(recipe.data().training());
  }

  // A file of labels or numbers is in the folder of its images.
  private static DataSource other(ClassificationRecipe recipe, List<String> labels, Path path) {
    Path folder = path.toAbsolutePath().normalize().getParent();
    return switch (recipe.training().loss().outputs()) {
      case ONE_CLASS -> DataSources.of(path);
      case SEVERAL_CLASSES -> new ImageLabels(folder, path);
      case NUMBERS -> new ImageNumbers(folder, path, labels);
    };
  }

  private static DataSet open(
      ClassificationRecipe recipe, List<String> labels, EvaluationRequest request)
      throws IOException {
    if (request.data().isEmpty()) {
      return recipe
          .data()
          .sources()
          .openEvaluation(labels, recipe.training().session().seed(), request.strict());
    }
    OpenSettings settings = OpenSettings.defaults().withStrict(request.strict());
    try (DataSet found = other(recipe, labels, request.data().get()).open(settings)) {
      return found.withClasses(labels);
    }
  }
}
