package dev.recal.graphs.synthesis.oneshot.training;

import dev.recal.graphs.charts.ImageGrid;
import dev.recal.graphs.charts.PngFiles;
import dev.recal.graphs.synthesis.oneshot.Pyramid;
import dev.recal.graphs.synthesis.oneshot.PyramidCalls;
import dev.recal.graphs.synthesis.oneshot.PyramidMaps;
import dev.recal.graphs.synthesis.oneshot.image.OneShotImage;
import dev.recal.graphs.synthesis.oneshot.metrics.OneShotMeasurement;
import dev.recal.graphs.synthesis.oneshot.metrics.OneShotReport;
import dev.recal.graphs.synthesis.oneshot.metrics.StandInMaps;
import dev.recal.graphs.task.Evaluation;
import dev.recal.graphs.task.EvaluationRequest;
import dev.recal.graphs.task.RunDirectory;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Measures samples of a run against its training image, with the stand-in features, from the
 * smallest scale. {@code recal oneshot evaluate} has more choices.
 */
final class OneShotEvaluation {

  private static final int SAMPLES = 20;
  private static final int SHOWN = 8;
  private static final int COLUMNS = 3;
  private static final long SEED = 0;

  private OneShotEvaluation() {}

  static Evaluation evaluate(RunDirectory<OneShotRecipe> run, EvaluationRequest request)
      throws IOException {
    if (request.data().isPresent()) {
      throw new IllegalArgumentException(
          "images: samples of a one-shot run are compared with its training image; other images"
              + " cannot be given.");
    }
    try (RestoredPyramid pyramid = RestoredPyramid.open(run, request.checkpoint());
        StandInMaps features = new StandInMaps()) {
      OneShotReport report =
          OneShotMeasurement.of(features, pyramid, SEED, SAMPLES, 0, measured -> {});
      if (request.picture().isPresent()) {
        draw(pyramid, request.picture().get());
      }
      Map<String, Number> metrics = new LinkedHashMap<>();
      metrics.put("samples", report.samples());
      metrics.putAll(report.values());
      List<String> text = new ArrayList<>();
      text.add("Features: " + report.features().name());
      metrics.forEach((name, value) -> text.add(String.format(Locale.ROOT, "%s %s", name, value)));
      return new Evaluation(pyramid.checkpoint(), metrics, text);
    }
  }

  // The training image, and samples after it.
  private static void draw(RestoredPyramid pyramid, Path png) {
    Pyramid sizes = pyramid.pyramid();
    List<OneShotImage> shown = new ArrayList<>();
    add(shown, pyramid.original());
    pyramid.generate(
        new PyramidCalls.Samples(SEED, SHOWN, sizes.height(), sizes.width(), 0),
        images -> add(shown, images));
    ImageGrid grid =
        new ImageGrid(
            (shown.size() + COLUMNS - 1) / COLUMNS, COLUMNS, sizes.height(), sizes.width());
    for (int i = 0; i < shown.size(); i++) {
      grid.put(i / COLUMNS, i % COLUMNS, shown.get(i).withChannels(3).unit(), 0);
    }
    PngFiles.write(png, grid::image);
  }

  private static void add(List<OneShotImage> shown, PyramidMaps images) {
    for (int i = 0; i < images.count(); i++) {
      shown.add(
          OneShotImage.ofUnit(images.height(), images.width(), images.channels(), images.map(i)));
    }
  }
}
