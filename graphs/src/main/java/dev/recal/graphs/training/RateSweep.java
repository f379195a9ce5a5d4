package dev.recal.graphs.training;

import dev.recal.graphs.files.AtomicFiles;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.function.IntConsumer;

/**
 * The loss of a training whose learning rate rises from step to step by a constant factor (Smith
 * 2017, "Cyclical learning rates for training neural networks", section 3.3), and the rates that it
 * suggests.
 *
 * <p>The loss is smoothed by an exponential moving average with bias correction. It falls from some
 * rate on, and rises again where steps are too large: where it falls most steeply over the
 * logarithm of the rate, and a tenth of the rate of its minimum, are usual choices.
 *
 * @param points in the order of their rates
 */
public record RateSweep(List<Point> points) {

  private static final double DECAY = 0.9;
  private static final double DIVERGED = 4;

  /** Points at the start of which the average is still of few values. */
  private static final double START = 0.1;

  /** How many points a slope is taken over. */
  private static final int SPAN = 3;

  /**
   * A step.
   *
   * @param rate of the step
   * @param loss of the step's batch, before its update
   * @param smooth the moving average of the losses
   */
  public record Point(double rate, double loss, double smooth) {}

  /**
   * What a sweep suggests.
   *
   * @param steepest the rate at which the smooth loss falls most
   * @param tenth a tenth of the rate of the least smooth loss
   */
  public record Suggestion(double steepest, double tenth) {}

  /** Copies the points. */
  public RateSweep {
    points = List.copyOf(points);
  }

  /**
   * Trains with the schedule of the plan's recipe, which should rise exponentially, until the loss
   * is four times its minimum or not finite. Nothing is reviewed or written.
   *
   * @param plan of the training, of which the first stage is used
   * @param steps at most
   * @param progress gets the number of steps done
   * @throws IOException if data cannot be read
   */
  public static RateSweep run(TrainingPlan plan, int steps, IntConsumer progress)
      throws IOException {
    Objects.requireNonNull(progress, "progress");
    List<Double> rates = new ArrayList<>();
    List<Double> losses = new ArrayList<>();
    try (JobBench bench = new JobBench(plan)) {
      for (int step = 1; step <= steps; step++) {
        StepMetrics metrics = bench.measured();
        if (!Double.isFinite(metrics.loss())) {
          break;
        }
        rates.add(metrics.learningRate());
        losses.add(metrics.loss());
        progress.accept(step);
        if (of(rates, losses).hasDiverged()) {
          break;
        }
      }
    }
    return of(rates, losses);
  }

  /** Smooths the losses of a sweep. */
  static RateSweep of(List<Double> rates, List<Double> losses) {
    List<Point> points = new ArrayList<>();
    double average = 0;
    double weight = 0;
    for (int i = 0; i < rates.size(); i++) {
      average = DECAY * average + (1 - DECAY) * losses.get(i);
      weight = DECAY * weight + (1 - DECAY);
      points.add(new Point(rates.get(i), losses.get(i), average / weight));
    }
    return new RateSweep(points);
  }

  private boolean hasDiverged() {
    return points.get(points.size() - 1).smooth() > DIVERGED * points.get(least()).smooth();
  }

  private int first() {
    return (int) (START * points.size());
  }

  private int least() {
    int least = first();
    for (int i = first(); i < points.size(); i++) {
      least = points.get(i).smooth() < points.get(least).smooth() ? i : least;
    }
    return least;
  }

  /** Returns the suggested rates; none if the loss never falls. */
  public Optional<Suggestion> suggestion() {
    if (points.isEmpty()) {
      return Optional.empty();
    }
    int least = least();
    int steepest = -1;
    double greatest = 0;
    for (int i = first() + SPAN; i + SPAN <= least; i++) {
      Point before = points.get(i - SPAN);
      Point after = points.get(i + SPAN);
      double fall = (before.smooth() - after.smooth()) / Math.log(after.rate() / before.rate());
      if (fall > greatest) {
        greatest = fall;
        steepest = i;
      }
    }
    return steepest < 0
        ? Optional.empty()
        : Optional.of(new Suggestion(points.get(steepest).rate(), points.get(least).rate() / 10));
  }

  /**
   * Writes the points as comma-separated values with a header.
   *
   * @throws IOException if the file cannot be written
   */
  public void writeCsv(Path file) throws IOException {
    StringBuilder text = new StringBuilder("step,learning_rate,loss,smooth_loss\n");
    for (int i = 0; i < points.size(); i++) {
      Point point = points.get(i);
      text.append(
          String.format(
              Locale.ROOT,
              "%d,%.6e,%.6f,%.6f\n",
              i + 1,
              point.rate(),
              point.loss(),
              point.smooth()));
    }
    AtomicFiles.write(file, text.toString().getBytes(StandardCharsets.UTF_8));
  }
}
