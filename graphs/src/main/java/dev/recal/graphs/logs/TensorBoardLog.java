package dev.recal.graphs.logs;

import dev.recal.ops.files.FileBytes;
import dev.recal.ops.files.FileFailures;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/**
 * Writes TensorBoard event files: {@code train/loss}, {@code train/accuracy}, {@code
 * learning_rate}, {@code images_per_second}, {@code train/<extra>}, and for each evaluation {@code
 * <name>/loss}, {@code <name>/top1}, {@code <name>/top5}, {@code <name>/<extra>}.
 *
 * <p>Pictures are on the page of images, distributions on that of histograms.
 *
 * <p>Each process writes its own file. After a resume at step s the new file makes TensorBoard
 * discard the steps after s of older files.
 *
 * <p>The file is flushed every five seconds, at evaluations, and at the end.
 */
public final class TensorBoardLog implements TrainingLog {
  private static final long FLUSH_NANOS = Duration.ofSeconds(5).toNanos();

  private final Path directory;
  private final Map<String, String> settings;
  private TensorBoardFile file;
  private long runSteps;
  private long flushed;
  private long step;

  /**
   * A log that writes into a directory.
   *
   * @param directory created if absent
   */
  public TensorBoardLog(Path directory) {
    this(directory, Map.of());
  }

  /**
   * A log that also writes the settings of the run, for TensorBoard's page of hyperparameters.
   *
   * @param directory created if absent
   * @param settings by name; none leaves the run out of the page
   */
  public TensorBoardLog(Path directory, Map<String, String> settings) {
    this.directory = directory;
    this.settings = Collections.unmodifiableMap(new LinkedHashMap<>(settings));
  }

  @Override
  public void started(RunInfo run) {
    if (file != null && run.startStep() < step) {
      close();
    }
    step = run.startStep();
    runSteps = run.stage().runSteps();
    attempt(
        () -> {
          // A later stage of the run continues the file.
          if (file == null) {
            file = TensorBoardFile.create(directory);
            if (run.startStep() > 0) {
              file.restart(run.startStep() + 1);
            }
            if (!settings.isEmpty()) {
              file.settings(run.startStep(), settings);
            }
          }
          file.text(run.startStep(), "run", markdown(run));
          flush();
        });
  }

  private static String markdown(RunInfo run) {
    StringBuilder text = new StringBuilder("| setting | value |\n|---|---|\n");
    Map<String, String> rows = new LinkedHashMap<>();
    rows.put("name", run.name());
    if (!run.stage().isOnly()) {
      rows.put("stage", run.stage().title());
    }
    rows.put("steps", Long.toString(run.totalSteps()));
    rows.put("steps per epoch", Long.toString(run.stepsPerEpoch()));
    rows.put("batch size", Integer.toString(run.batchSize()));
    rows.putAll(run.settings());
    rows.forEach(
        (name, value) ->
            text.append("| ").append(cell(name)).append(" | ").append(cell(value)).append(" |\n"));
    return text.toString();
  }

  private static String cell(String value) {
    return value.replace("|", "\\|").replace('\n', ' ');
  }

  @Override
  public void step(StepReport report) {
    step = report.step();
    Map<String, Double> scalars = new LinkedHashMap<>();
    scalars.put("train/loss", report.loss());
    report.accuracy().ifPresent(accuracy -> scalars.put("train/accuracy", accuracy));
    scalars.put("learning_rate", report.learningRate());
    scalars.put("images_per_second", report.imagesPerSecond());
    report.extras().forEach((name, value) -> scalars.put("train/" + name, value));
    attempt(
        () -> {
          file.scalars(report.step(), scalars);
          if (System.nanoTime() - flushed > FLUSH_NANOS) {
            flush();
          }
        });
  }

  @Override
  public void evaluated(EvaluationReport report) {
    Map<String, Double> scalars = new LinkedHashMap<>();
    report.loss().ifPresent(loss -> scalars.put(report.name() + "/loss", loss));
    report.top1().ifPresent(top1 -> scalars.put(report.name() + "/top1", top1));
    report.top5().ifPresent(top5 -> scalars.put(report.name() + "/top5", top5));
    report.extras().forEach((name, value) -> scalars.put(report.name() + "/" + name, value));
    attempt(
        () -> {
          file.scalars(report.step(), scalars);
          flush();
        });
  }

  @Override
  public void picture(PictureReport report) {
    attempt(
        () -> {
          byte[] png = FileBytes.read(report.png());
          file.image(report.step(), report.name(), png, report.height(), report.width());
          flush();
        });
  }

  @Override
  public void histogram(HistogramReport report) {
    attempt(() -> file.histogram(report));
  }

  private void flush() throws IOException {
    file.flush();
    flushed = System.nanoTime();
  }

  @Override
  public void close() {
    if (file == null) {
      return;
    }
    TensorBoardFile closing = file;
    file = null;
    attempt(
        () -> {
          try (closing) {
            if (!settings.isEmpty()) {
              closing.ended(step, step >= runSteps);
            }
          }
        });
  }

  /** An action on files. */
  private interface Action {
    void run() throws IOException;
  }

  private void attempt(Action action) {
    try {
      action.run();
    } catch (IOException e) {
      throw new UncheckedIOException(
          String.format(
              Locale.ROOT,
              "Cannot write a TensorBoard event file in %s: %s.",
              directory,
              FileFailures.reason(e)),
          e);
    }
  }

  @Override
  public String toString() {
    return "TensorBoard files in " + directory;
  }
}
