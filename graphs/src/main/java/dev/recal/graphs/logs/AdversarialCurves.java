package dev.recal.graphs.logs;

import dev.recal.graphs.charts.Palette;
import dev.recal.graphs.charts.PngFiles;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * The chart of an adversarial run: the adversarial losses, the discriminator's mean logits and its
 * reconstruction loss, each step and a smooth line. It is drawn from the metrics file, so it can be
 * drawn again at any time.
 */
public final class AdversarialCurves {
  private static final int WIDTH = 1280;
  private static final int PANEL_HEIGHT = 360;

  private AdversarialCurves() {}

  /**
   * Draws a metrics file as a PNG file.
   *
   * @param metrics what {@link MetricsLog} wrote, with the extras {@code adversarial}, {@code
   *     generator}, {@code logit_real}, {@code logit_made} and {@code reconstruction}
   * @param png the picture, written atomically
   * @throws java.io.UncheckedIOException if the metrics cannot be read or the picture not written
   */
  public static void draw(Path metrics, Path png) {
    MetricsHistory history = MetricsHistory.read(metrics);
    CurveAxis axis = CurveAxis.of(history);
    PngFiles.write(
        png,
        () ->
            CurveSheet.draw(
                history.name(),
                LogText.format("%,d steps", history.steps().size()),
                List.of(
                    ExtrasPanel.draw(
                        history,
                        axis,
                        "adversarial loss",
                        Map.of(
                            "adversarial", Palette.BLUE,
                            "generator", Palette.VERMILION)),
                    ExtrasPanel.draw(
                        history,
                        axis,
                        "mean logit",
                        Map.of(
                            "logit_real", Palette.GREEN,
                            "logit_made", Palette.AMBER)),
                    ExtrasPanel.draw(
                        history,
                        axis,
                        "reconstruction loss",
                        Map.of("reconstruction", Palette.PURPLE)))));
  }
}
