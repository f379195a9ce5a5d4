package dev.recal.graphs.objective;

import java.util.LinkedHashMap;
import java.util.Map;

/** The losses and metrics of this library. */
public final class BuiltInObjectives implements ObjectiveProvider {

  @Override
  public Map<String, Class<? extends Loss>> losses() {
    Map<String, Class<? extends Loss>> losses = new LinkedHashMap<>();
    losses.put("absolute-error", AbsoluteError.class);
    losses.put("binary-cross-entropy", BinaryCrossEntropy.class);
    losses.put("binary-focal", BinaryFocal.class);
    losses.put("cross-entropy", CrossEntropy.class);
    losses.put("focal", Focal.class);
    losses.put("huber", Huber.class);
    losses.put("squared-error", SquaredError.class);
    return losses;
  }

  @Override
  public Map<String, Class<? extends Metric>> metrics() {
    return Map.of("calibration-error", CalibrationError.class);
  }
}
