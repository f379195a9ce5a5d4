package dev.recal.graphs.style.training;

import dev.recal.graphs.charts.PngFiles;
import dev.recal.graphs.data.DataSet;
import dev.recal.graphs.data.OpenSettings;
import dev.recal.graphs.data.SkippedItem;
import dev.recal.graphs.data.pipeline.InputPipeline;
import dev.recal.graphs.data.source.ImageCollection;
import dev.recal.graphs.features.LossNetwork;
import dev.recal.graphs.task.Evaluation;
import dev.recal.graphs.task.EvaluationRequest;
import dev.recal.graphs.task.RecipeData;
import dev.recal.graphs.task.RunDirectory;
import dev.recal.graphs.training.CheckpointDirectory;
import dev.recal.ops.Counted;
import dev.recal.ops.GraphScope;
import dev.recal.ops.Saver;
import dev.recal.ops.VariableStore;
import dev.recal.ops.runtime.Graphs;
import dev.recal.ops.runtime.Sessions;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.tensorflow.Graph;
import org.tensorflow.Session;
import org.tensorflow.op.Ops;

/** Measures a run's weights on held-out images. */
final class StyleEvaluation {

  private StyleEvaluation() {}

  /**
   * What was measured.
   *
   * @param summary the losses
   * @param samples the first images
   * @param style the style image
   * @param lossNetwork its description
   * @param parameters of the network
   * @param skipped the files that could not be used
   */
  record Measured(
      StyleSummary summary,
      List<StyleEvaluator.Sample> samples,
      StylePixels style,
      String lossNetwork,
      long parameters,
      List<SkippedItem> skipped) {}

  static Evaluation evaluate(RunDirectory<StyleRecipe> run, EvaluationRequest request)
      throws IOException {
    Path checkpoint = run.checkpoint(request.checkpoint());
    StyleRecipe recipe = run.recipe();
    Measured measured = measure(recipe, checkpoint, request.data(), request.strict());
    String network = "Loss network: " + measured.lossNetwork();
    if (request.picture().isPresent()) {
      List<String> captions = List.of(recipe.name() + ": " + measured.summary().text(), network);
      PngFiles.write(
          request.picture().get(),
          () ->
              StyleSheet.draw(
                  measured.style(), measured.samples(), recipe.data().size(), captions));
    }
    Map<String, Number> metrics = new LinkedHashMap<>();
    long images = measured.summary().images();
    metrics.put("images", images);
    metrics.putAll(measured.summary().metrics());
    List<String> text = new ArrayList<>();
    text.add(Counted.of(images, "image") + ": " + measured.summary().text());
    text.add(network);
    if (request.data().isEmpty()) {
      text.addAll(StyleJudgement.of(recipe, run.directory(), measured.summary()).text());
    }
    text.add(checkpoint.getFileName().toString());
    return new Evaluation(checkpoint, metrics, text, measured.skipped());
  }

  /**
   * Measures a checkpoint.
   *
   * @param images a folder or archive; the recipe's held-out images if empty
   */
  static Measured measure(
      StyleRecipe recipe, Path checkpoint, Optional<Path> images, boolean strict)
      throws IOException {
    CheckpointDirectory.describe(checkpoint);
    StylePixels style = recipe.style().read();
    try (LossNetwork network = recipe.loss().open();
        DataSet data = open(recipe, images, strict);
        Graph graph = Graphs.create()) {
      Ops tf = GraphScope.ops(graph);
      VariableStore store = recipe.training().session().store(graph);
      StyleIntervals intervals = recipe.training().intervals();
      try (InputPipeline input =
          InputPipeline.build(
              tf, data, recipe.data().evaluationInput(recipe.training().microBatch()))) {
        StyleGraph.Answer answer =
            StyleGraph.answer(
                store, recipe, network, style.grams(network, recipe.loss()), input.images());
        StyleEvaluator evaluator = new StyleEvaluator(answer, input, intervals.measured());
        Saver saver = Saver.add(tf, "checkpoint", store.all());
        try (Session session = Sessions.open(graph, recipe.training().session().config())) {
          CheckpointDirectory.restore(session, saver, checkpoint);
          StyleSummary summary = evaluator.measure(session);
          List<SkippedItem> skipped = new ArrayList<>(data.skipped());
          skipped.addAll(data.unreadable());
          return new Measured(
              summary,
              evaluator.samples(session, intervals.pictures()),
              style,
              network.description(),
              store.parameters(),
              skipped);
        }
      }
    }
  }

  private static DataSet open(StyleRecipe recipe, Optional<Path> images, boolean strict)
      throws IOException {
    if (images.isPresent()) {
      return new ImageCollection(images.get()).open(OpenSettings.defaults().withStrict(strict));
    }
    long seed = recipe.training().session().seed();
    RecipeData opened = recipe.data().open(seed, strict);
    opened.training().close();
    return opened.evaluation();
  }
}
