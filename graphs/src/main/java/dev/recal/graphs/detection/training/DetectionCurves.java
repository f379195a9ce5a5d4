package dev.recal.graphs.detection.training;

import dev.recal.graphs.logs.TrainingCurves;
import java.nio.file.Path;

/** Temporary. */
final class DetectionCurves {
  private DetectionCurves() {}

  static void draw(Path metrics, Path png) {
    TrainingCurves.draw(metrics, png);
  }
}
