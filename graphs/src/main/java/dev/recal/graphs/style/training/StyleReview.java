package dev.recal.graphs.style.training;

import dev.recal.graphs.charts.PngFiles;
import dev.recal.graphs.features.LossNetwork;
import dev.recal.graphs.logs.EvaluationReport;
import dev.recal.graphs.logs.PictureReport;
import dev.recal.graphs.logs.TrainingLog;
import java.awt.image.BufferedImage;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;

/**
 * Reports what held-out images gave: losses for the logs, and a captioned picture in {@code
 * stylized/}.
 *
 * @param name of the run
 * @param network which the losses compare
 * @param directory of the run
 * @param log gets both
 */
record StyleReview(String name, LossNetwork network, Path directory, TrainingLog log) {

  /**
   * Reports.
   *
   * @param from when the measurement began, as {@link System#nanoTime}
   */
  void losses(long step, StyleSummary summary, long from) {
    double seconds = (System.nanoTime() - from) / 1e9;
    log.evaluated(EvaluationReport.of(step, summary.images(), seconds, summary.metrics()));
  }

  /**
   * Writes the picture.
   *
   * @param rows what its rows show, as the second part of a sentence; empty where it is plain
   * @param drawing draws it above captions
   */
  void picture(
      long step, StyleSummary summary, String rows, Function<List<String>, BufferedImage> drawing) {
    List<String> captions =
        List.of(
            String.format(
                Locale.ROOT,
                "%s, step %,d%s, %,d held-out images: %s",
                name,
                step,
                rows,
                summary.images(),
                summary.text()),
            "Loss network: " + network.description());
    Path png =
        directory.resolve("stylized").resolve(String.format(Locale.ROOT, "step-%09d.png", step));
    BufferedImage sheet = drawing.apply(captions);
    PngFiles.write(png, () -> sheet);
    log.picture(new PictureReport(step, "stylized", png, sheet.getHeight(), sheet.getWidth()));
  }
}
