package dev.recal.graphs.training;

import dev.recal.graphs.logs.EvaluationReport;
import dev.recal.graphs.logs.HistogramReport;
import dev.recal.graphs.logs.PictureReport;
import dev.recal.graphs.logs.StepReport;
import dev.recal.graphs.logs.TrainingLog;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** Records everything; can stop a run from inside, and copy it while it trains. */
public final class RecordingLog implements TrainingLog {

  public final List<StepReport> steps = new ArrayList<>();
  public final List<EvaluationReport> evaluations = new ArrayList<>();
  public final List<PictureReport> pictures = new ArrayList<>();
  public final List<HistogramReport> histograms = new ArrayList<>();
  public final List<String> messages = new ArrayList<>();
  private long stop = Long.MAX_VALUE;
  private long copied;
  private Path source;
  private Path target;

  /** Ends a run on request. */
  public static final class Stop extends RuntimeException {
    private static final long serialVersionUID = 1L;
  }

  /** Ends the run after the given number of steps. */
  public RecordingLog stoppingAfter(long step) {
    stop = step;
    return this;
  }

  /** Copies a run's directory when a step has been taken, as a kill would leave it then. */
  public RecordingLog copying(long step, Path run, Path copy) {
    copied = step;
    source = run;
    target = copy;
    return this;
  }

  @Override
  public void step(StepReport report) {
    if (report.step() > stop) {
      throw new Stop();
    }
    if (report.step() == copied) {
      copy();
    }
    steps.add(report);
  }

  @Override
  public void evaluated(EvaluationReport report) {
    evaluations.add(report);
  }

  @Override
  public void picture(PictureReport report) {
    pictures.add(report);
  }

  @Override
  public void histogram(HistogramReport report) {
    histograms.add(report);
  }

  @Override
  public void message(String text) {
    messages.add(text);
  }

  @Override
  public void close() {}

  private void copy() {
    try (Stream<Path> files = Files.walk(source)) {
      for (Path file : files.toList()) {
        Files.copy(file, target.resolve(source.relativize(file).toString()));
      }
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }
}
