package dev.recal.graphs.logs;

import java.nio.file.Path;

/**
 * Keeps the chart of the curves up to date: it is redrawn from the metrics file after evaluations
 * and pictures, and at the end. Put it after the {@link MetricsLog} whose file it draws.
 *
 * <p>Drawing takes at most about one thirtieth of the time: after a drawing, evaluations are
 * skipped until thirty times its duration has passed.
 */
public final class CurvesLog implements TrainingLog {
  private static final int PAUSE_FACTOR = 30;

  private final Path metrics;
  private final Path png;
  private final Curves curves;
  private long pauseEnd;
  private boolean started;
  private boolean outdated;

  /** Draws one kind of metrics. */
  @FunctionalInterface
  public interface Curves {
    /** Draws a metrics file as a picture; see {@link TrainingCurves#draw}. */
    void draw(Path metrics, Path png);
  }

  /**
   * A log that draws {@link TrainingCurves}.
   *
   * @param metrics the file of a {@link MetricsLog}
   * @param png the picture
   */
  public CurvesLog(Path metrics, Path png) {
    this(metrics, png, TrainingCurves::draw);
  }

  /**
   * A log that draws.
   *
   * @param metrics the file of a {@link MetricsLog}
   * @param png the picture
   * @param curves what it shows
   */
  public CurvesLog(Path metrics, Path png, Curves curves) {
    this.metrics = metrics;
    this.png = png;
    this.curves = curves;
  }

  /** Draws immediately, so that an unwritable chart is detected before the first step. */
  @Override
  public void started(RunInfo run) {
    started = true;
    draw();
    pauseEnd =
        System.nanoTime(); // The first drawing also loads classes and fonts, so its duration is not
    // representative.
  }

  @Override
  public void step(StepReport report) {
    outdated = true;
  }

  @Override
  public void evaluated(EvaluationReport report) {
    drawIfDue();
  }

  @Override
  public void picture(PictureReport report) {
    drawIfDue();
  }

  private void drawIfDue() {
    outdated = true;
    if (System.nanoTime() - pauseEnd >= 0) {
      draw();
    }
  }

  private void draw() {
    long start = System.nanoTime();
    curves.draw(metrics, png);
    long end = System.nanoTime();
    pauseEnd = end + PAUSE_FACTOR * (end - start);
    outdated = false;
  }

  @Override
  public void close() {
    if (started && outdated) {
      draw();
    }
    started = false;
  }

  @Override
  public String toString() {
    return "curves " + png;
  }
}
