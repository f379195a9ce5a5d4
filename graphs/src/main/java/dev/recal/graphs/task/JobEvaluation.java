package dev.recal.graphs.task;

import dev.recal.graphs.data.SkippedItem;
import dev.recal.graphs.logs.TrainingLog;
import dev.recal.graphs.training.CheckpointReview;
import dev.recal.graphs.training.Review;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** The default evaluation of a task: the review of its last stage's job. */
final class JobEvaluation {

  private JobEvaluation() {}

  static <R extends Recipe> Evaluation evaluate(RunDirectory<R> run, EvaluationRequest request)
      throws IOException {
    refuse(run, "data", request.data().isPresent());
    refuse(run, "picture", request.picture().isPresent());
    Path checkpoint = run.checkpoint(request.checkpoint());
    Map<String, Number> metrics = new LinkedHashMap<>();
    List<SkippedItem> skipped;
    try (PreparedTraining<R> training = run.task().prepare(run.recipe(), request.strict())) {
      skipped = training.skipped();
      Review review =
          CheckpointReview.of(training.plan(run.directory()), checkpoint, new TrainingLog.Silent());
      metrics.putAll(review.metrics());
      String name = run.task().scoreName(run.recipe());
      review.score().ifPresent(score -> metrics.putIfAbsent(name, score));
    }
    List<String> text = new ArrayList<>();
    metrics.forEach((name, value) -> text.add(String.format(Locale.ROOT, "%s %s", name, value)));
    return new Evaluation(checkpoint, metrics, text, skipped);
  }

  private static void refuse(RunDirectory<?> run, String name, boolean given) {
    if (given) {
      throw new IllegalArgumentException(
          name + ": runs of the task '" + run.task().name() + "' are evaluated without it.");
    }
  }
}
