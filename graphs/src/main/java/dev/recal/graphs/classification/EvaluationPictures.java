package dev.recal.graphs.classification;

import dev.recal.graphs.classification.metrics.ConfusionHeatMap;
import dev.recal.graphs.classification.metrics.ConfusionMatrix;
import dev.recal.graphs.logs.HistogramReport;
import dev.recal.graphs.logs.PictureReport;
import dev.recal.graphs.logs.TrainingLog;
import java.awt.image.BufferedImage;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** The pictures and distributions of each evaluation of a run. */
final class EvaluationPictures {

  private final Path directory;
  private final List<String> names;
  private final TrainingLog log;
  private boolean failed;

  /**
   * Pictures of a run.
   *
   * @param directory of the run
   * @param names of the classes
   */
  EvaluationPictures(Path directory, List<String> names, TrainingLog log) {
    this.directory = directory;
    this.names = names;
    this.log = log;
  }

  /**
   * Reports an evaluation.
   *
   * @param samples values that layers published, by their names
   */
  void report(long step, Measured measured, Map<String, float[]> samples) {
    samples.forEach(
        (name, values) -> log.histogram(HistogramReport.of(step, "layers/" + name, values)));
    measured.classes().ifPresent(classes -> confusion(step, classes.confusion()));
  }

  // A machine that cannot draw, for example without fonts, trains without pictures.
  private void confusion(long step, ConfusionMatrix matrix) {
    if (failed) {
      return;
    }
    Path png = directory.resolve(PreparedClassification.CONFUSION);
    try {
      BufferedImage drawn = ConfusionHeatMap.draw(matrix, names, png);
      log.picture(new PictureReport(step, "confusion", png, drawn.getHeight(), drawn.getWidth()));
    } catch (UncheckedIOException refused) {
      failed = true;
      log.message(refused.getMessage());
    }
  }
}
