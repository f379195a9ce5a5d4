package dev.recal.graphs.detection.training;

import dev.recal.graphs.data.DataSet;
import dev.recal.graphs.data.DataSource;
import dev.recal.graphs.data.OpenSettings;
import dev.recal.graphs.data.SkippedItem;
import dev.recal.graphs.data.UnexpectedClassesException;
import dev.recal.graphs.data.pipeline.InputPipeline;
import dev.recal.graphs.data.shards.DetectionConversion;
import dev.recal.graphs.data.shards.LabelMap;
import dev.recal.graphs.data.source.CocoFolder;
import dev.recal.graphs.data.source.DetectionRecords;
import dev.recal.graphs.data.targets.TargetBatch;
import dev.recal.graphs.detection.DetectorInference;
import dev.recal.graphs.detection.metrics.PrecisionRecallPlot;
import dev.recal.graphs.task.Evaluation;
import dev.recal.graphs.task.EvaluationRequest;
import dev.recal.graphs.task.RunDirectory;
import dev.recal.graphs.task.RunLabels;
import dev.recal.graphs.training.CheckpointDirectory;
import dev.recal.ops.BuildContext;
import dev.recal.ops.GraphScope;
import dev.recal.ops.Saver;
import dev.recal.ops.Tower;
import dev.recal.ops.VariableStore;
import dev.recal.ops.files.FileKind;
import dev.recal.ops.runtime.Graphs;
import dev.recal.ops.runtime.Sessions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.tensorflow.Graph;
import org.tensorflow.Session;
import org.tensorflow.op.Ops;

/** Measures a run's weights on images. */
final class DetectionEvaluation {

  private static final String ANNOTATIONS = ".json";

  private DetectionEvaluation() {}

  static Evaluation evaluate(RunDirectory<DetectionRecipe> run, EvaluationRequest request)
      throws IOException {
    Path checkpoint = run.checkpoint(request.checkpoint());
    List<String> labels = DetectionTask.labels(run.directory());
    DetectionRecipe recipe = run.recipe();
    DataSource source =
        request.data().map(DetectionEvaluation::sourceAt).orElseGet(() -> evaluated(recipe));
    DetectionSummary summary;
    TrueObjects truths;
    List<SkippedItem> skipped = new ArrayList<>();
    try (DataSet data = open(recipe, labels, source, request)) {
      skipped.addAll(data.skipped());
      truths = TrueObjects.of(data, source);
      summary = evaluate(recipe, data, truths, checkpoint);
      skipped.addAll(data.unreadable());
    } catch (UnexpectedClassesException other) {
      throw other.expectedBy(run.directory().resolve(RunLabels.FILE));
    }
    if (request.picture().isPresent()) {
      PrecisionRecallPlot.draw(
          summary.masks().orElse(summary.boxes()), recipe.name(), request.picture().get());
    }
    Map<String, Number> metrics = new LinkedHashMap<>();
    metrics.put("images", summary.images());
    metrics.put("detections", summary.detections());
    metrics.putAll(summary.numbers());
    List<String> text = new ArrayList<>(DetectionText.byClass(summary.boxes(), labels));
    text.addAll(DetectionText.lines(summary));
    truths.remark().ifPresent(text::add);
    text.add(checkpoint.getFileName().toString());
    return new Evaluation(checkpoint, metrics, text, skipped);
  }

  /** Returns the images of a file of annotations, whose folder they are in, or of records. */
  private static DataSource sourceAt(Path path) {
    if (Files.isRegularFile(path) && path.toString().endsWith(ANNOTATIONS)) {
      return new CocoFolder(path.toAbsolutePath().getParent(), path, true);
    }
    if (Files.isRegularFile(path.resolve(LabelMap.FILE))) {
      return new DetectionRecords(List.of(path.resolve(DetectionConversion.PATTERN)), true);
    }
    throw new IllegalArgumentException(
        "images: expected a JSON file of COCO's annotations, from whose folder its file names"
            + " start, or a directory of detection records, but got "
            + FileKind.named(path)
            + ".");
  }

  private static DataSource evaluated(DetectionRecipe recipe) {
    return recipe.data().evaluation().orElse(recipe.data().training());
  }

  private static DataSet open(
      DetectionRecipe recipe, List<String> labels, DataSource source, EvaluationRequest request)
      throws IOException {
    if (request.data().isEmpty()) {
      return recipe
          .data()
          .sources()
          .openEvaluation(labels, recipe.training().session().seed(), request.strict());
    }
    OpenSettings settings = OpenSettings.defaults().withStrict(request.strict());
    try (DataSet found = source.open(settings)) {
      return found.withClasses(labels);
    }
  }

  private static DetectionSummary evaluate(
      DetectionRecipe recipe, DataSet data, TrueObjects truths, Path checkpoint)
      throws IOException {
    CheckpointDirectory.describe(checkpoint);
    try (Graph graph = Graphs.create()) {
      Ops tf = GraphScope.ops(graph);
      VariableStore store = recipe.training().session().store(graph);
      try (InputPipeline input = InputPipeline.build(tf, data, recipe.evaluationInput())) {
        DetectionEvaluator evaluator =
            new DetectionEvaluator(
                new DetectorInference(recipe.network(), recipe.detections())
                    .build(
                        BuildContext.of(store, Tower.serving()),
                        input.images(),
                        input.targets(TargetBatch.Objects.class).sizes()),
                recipe.network().conventions(),
                input,
                truths);
        Saver saver = Saver.add(tf, "checkpoint", store.all());
        try (Session session = Sessions.open(graph, recipe.training().session().config())) {
          CheckpointDirectory.restore(session, saver, checkpoint);
          return evaluator.evaluate(session);
        }
      }
    }
  }
}
