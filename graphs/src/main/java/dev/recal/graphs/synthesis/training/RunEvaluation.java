package dev.recal.graphs.synthesis.training;

import dev.recal.graphs.data.DataSet;
import dev.recal.graphs.data.SkippedItem;
import dev.recal.graphs.data.source.ImageCollection;
import dev.recal.graphs.optimisation.AveragedWeights;
import dev.recal.graphs.synthesis.FastGanGenerator;
import dev.recal.graphs.synthesis.RestoredGenerator;
import dev.recal.graphs.synthesis.latent.Latents;
import dev.recal.graphs.synthesis.metrics.DataSetStream;
import dev.recal.graphs.synthesis.metrics.EvaluationSettings;
import dev.recal.graphs.synthesis.metrics.MeasuredImages;
import dev.recal.graphs.synthesis.metrics.NeighbourSheet;
import dev.recal.graphs.synthesis.metrics.SampleStream;
import dev.recal.graphs.synthesis.metrics.StandInFeatures;
import dev.recal.graphs.synthesis.metrics.SynthesisEvaluation;
import dev.recal.graphs.synthesis.metrics.SynthesisReport;
import dev.recal.graphs.task.Evaluation;
import dev.recal.graphs.task.EvaluationRequest;
import dev.recal.graphs.task.RunDirectory;
import dev.recal.graphs.training.CheckpointDirectory;
import dev.recal.graphs.weights.InitialWeights;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * Measures samples of a run's averaged generator against its images, with the stand-in features and
 * the default settings. {@code recal synthesize evaluate} has more choices.
 */
final class RunEvaluation {

  private static final int SAMPLES = 1000;
  private static final int SHEET_ROWS = 10;

  private RunEvaluation() {}

  static Evaluation evaluate(RunDirectory<SynthesisRecipe> run, EvaluationRequest request)
      throws IOException {
    Path checkpoint = run.checkpoint(request.checkpoint());
    SynthesisRecipe recipe = run.recipe();
    SynthesisData data =
        request.data().isEmpty()
            ? recipe.data()
            : recipe.data().withImages(new ImageCollection(request.data().get()));
    InitialWeights weights =
        new InitialWeights(CheckpointDirectory.variables(checkpoint), AveragedWeights.SCOPE, false);
    FastGanGenerator network = recipe.network().generator();
    long seed = recipe.training().session().seed();
    SynthesisReport report;
    List<SkippedItem> skipped = new ArrayList<>();
    try (StandInFeatures features = new StandInFeatures();
        DataSet images = data.open(request.strict());
        RestoredGenerator generator = new RestoredGenerator(network, seed, weights)) {
      skipped.addAll(images.skipped());
      SynthesisEvaluation evaluation =
          new SynthesisEvaluation(EvaluationSettings.of(0), features, Optional.empty());
      MeasuredImages reals =
          evaluation.measure(new DataSetStream(images, network.size(), data.fit() == Fit.CROP));
      skipped.addAll(images.unreadable());
      MeasuredImages samples =
          evaluation.measure(
              new SampleStream(
                  checkpoint + ", seed 0",
                  generator::generate,
                  network.latent(),
                  network.size(),
                  RestoredGenerator.batch(network.size()),
                  Latents.draw(0, SAMPLES, network.latent()),
                  done -> {}));
      report = evaluation.compare(reals, samples);
      if (request.picture().isPresent()) {
        NeighbourSheet.draw(reals, samples, report.nearest(), SHEET_ROWS, request.picture().get());
      }
    }
    return new Evaluation(checkpoint, metrics(report), text(report), skipped);
  }

  private static Map<String, Number> metrics(SynthesisReport report) {
    Map<String, Number> metrics = new LinkedHashMap<>();
    metrics.put("samples", report.samples().count());
    metrics.put("images", report.reals().count());
    metrics.putAll(report.values());
    return metrics;
  }

  private static List<String> text(SynthesisReport report) {
    List<String> text = new ArrayList<>();
    text.add("Features: " + report.features().name());
    metrics(report)
        .forEach((name, value) -> text.add(String.format(Locale.ROOT, "%s %s", name, value)));
    return text;
  }
}
