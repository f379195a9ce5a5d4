package dev.recal.graphs.classification;

import com.google.gson.JsonObject;
import dev.recal.graphs.classification.metrics.ClassificationSummary;
import dev.recal.graphs.classification.metrics.ConfusionHeatMap;
import dev.recal.graphs.classification.metrics.ConfusionTable;
import dev.recal.graphs.data.DataSet;
import dev.recal.graphs.data.DataSource;
import dev.recal.graphs.data.OpenSettings;
import dev.recal.graphs.data.SkippedItem;
import dev.recal.graphs.data.UnexpectedClassesException;
import dev.recal.graphs.data.source.DataSources;
import dev.recal.graphs.task.Evaluation;
import dev.recal.graphs.task.EvaluationRequest;
import dev.recal.graphs.task.RunDirectory;
import dev.recal.graphs.task.RunLabels;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
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
    DataSource source = source(recipe, request);
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
    ClassificationSummary summary = measured.all();
    if (request.picture().isPresent()) {
      ConfusionHeatMap.draw(summary.confusion(), labels, request.picture().get());
    }
    Map<String, Number> metrics = metrics(summary, labels);
    metrics.put("balancedAccuracy", summary.confusion().balancedAccuracy());
    measured.addTo(metrics);
    List<String> text = text(summary, labels, checkpoint);
    text.addAll(measured.text());
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
                Evidence.Progress.ofRun(run.directory()),
                Optional.empty()));
    text.addAll(judgement.text());
    JsonObject details = new JsonObject();
    details.add("judgement", judgement.json());
    return new Evaluation(checkpoint, metrics, text, skipped, details);
  }

  private static ClassificationRecipe viewed(
      ClassificationRecipe recipe, EvaluationRequest request) {
    return request
        .views()
        .map(views -> recipe.withData(recipe.data().withViews(views)))
        .orElse(recipe);
  }

  private static DataSource source(ClassificationRecipe recipe, EvaluationRequest request) {
    return request
        .data()
        .map(DataSources::of)
        .or(recipe.data()::evaluation)
        .orElse(recipe.data().training());
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
    try (DataSet found = DataSources.of(request.data().get()).open(settings)) {
      return found.withClasses(labels);
    }
  }

  private static Map<String, Number> metrics(ClassificationSummary summary, List<String> labels) {
    Map<String, Number> metrics = new LinkedHashMap<>();
    metrics.put("images", summary.images());
    metrics.put("loss", summary.loss());
    metrics.put("top1", summary.top1());
    if (summary.k() < labels.size()) {
      metrics.put("top" + summary.k(), summary.topK());
    }
    return metrics;
  }

  private static List<String> text(
      ClassificationSummary summary, List<String> labels, Path checkpoint) {
    List<String> text = new ArrayList<>();
    text.add(ConfusionTable.render(summary.confusion(), labels));
    text.add(
        String.format(
            Locale.ROOT,
            "%,d images: top-1 %.2f %%%s, loss %.4f (%s)",
            summary.images(),
            100 * summary.top1(),
            summary.k() < labels.size()
                ? String.format(Locale.ROOT, ", top-%d %.2f %%", summary.k(), 100 * summary.topK())
                : "",
            summary.loss(),
            checkpoint.getFileName()));
    return text;
  }
}
