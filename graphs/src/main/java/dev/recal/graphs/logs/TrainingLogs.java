package dev.recal.graphs.logs;

import java.awt.AWTError;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Combines several logs, and handles logs that fail.
 *
 * <p><b>A log that cannot start ends the run before its first step</b>: the first {@link #started}
 * closes the open logs and rethrows, so that a read-only directory is detected at once and not
 * after a day. <b>A log that fails later is dropped</b>: hours of training are worth more than its
 * next line. It is closed, the failure is reported to SLF4J as a warning and to the other logs as a
 * message, is kept in {@link #failures()}, and is repeated by {@link #close()}.
 */
public final class TrainingLogs implements TrainingLog {
  /** The name of the metrics file in a run's directory. */
  public static final String METRICS_FILE = "metrics.jsonl";

  /** The name of the picture of the curves in a run's directory. */
  public static final String CURVES_FILE = "curves.png";

  /** The name of the directory of event files in a run's directory. */
  public static final String TENSORBOARD_DIRECTORY = "tensorboard";

  private static final Logger LOGGER = LoggerFactory.getLogger(TrainingLogs.class);

  private final List<TrainingLog> active;
  private final Map<String, String> failures = new LinkedHashMap<>();
  private boolean begun;
  private boolean closed;

  private TrainingLogs(List<TrainingLog> logs) {
    this.active = new ArrayList<>(logs);
  }

  /** Combines logs; they receive every event in this order. */
  public static TrainingLogs all(List<? extends TrainingLog> logs) {
    return new TrainingLogs(List.copyOf(logs));
  }

  /** Combines logs; they receive every event in this order. */
  public static TrainingLogs all(TrainingLog... logs) {
    return new TrainingLogs(List.of(logs));
  }

  /**
   * Returns the logs of every run: {@value #METRICS_FILE}, {@value #CURVES_FILE} and event files in
   * {@value #TENSORBOARD_DIRECTORY}, in addition to a log for the console.
   *
   * @param directory created when the run starts
   */
  public static TrainingLogs inDirectory(Path directory, TrainingLog console) {
    return inDirectory(directory, console, TrainingCurves::draw);
  }

  /**
   * Returns a copy with other curves.
   *
   * @param directory created when the run starts
   * @param curves what the picture of the curves shows
   */
  public static TrainingLogs inDirectory(
      Path directory, TrainingLog console, CurvesLog.Curves curves) {
    return inDirectory(directory, console, curves, Map.of());
  }

  /**
   * Returns a copy with settings beside the metrics.
   *
   * @param directory created when the run starts
   * @param curves what the picture of the curves shows
   * @param settings of the run by dotted key
   */
  public static TrainingLogs inDirectory(
      Path directory, TrainingLog console, CurvesLog.Curves curves, Map<String, String> settings) {
    Path metrics = directory.resolve(METRICS_FILE);
    return all(
        console,
        new TensorBoardLog(directory.resolve(TENSORBOARD_DIRECTORY), settings),
        new MetricsLog(metrics, settings),
        new CurvesLog(metrics, directory.resolve(CURVES_FILE), curves));
  }

  @Override
  public void started(RunInfo run) {
    if (begun) {
      dispatch("the start of " + run.stage().title(), log -> log.started(run));
      return;
    }
    begun = true;
    try {
      active.forEach(log -> log.started(run));
    } catch (RuntimeException | LinkageError | AWTError e) {
      closeQuietly();
      throw e;
    }
  }

  @Override
  public void step(StepReport report) {
    dispatch("step " + report.step(), log -> log.step(report));
  }

  @Override
  public void evaluated(EvaluationReport report) {
    dispatch("the evaluation at step " + report.step(), log -> log.evaluated(report));
  }

  @Override
  public void picture(PictureReport report) {
    dispatch("the picture " + report.png(), log -> log.picture(report));
  }

  @Override
  public void histogram(HistogramReport report) {
    dispatch("the histogram " + report.name(), log -> log.histogram(report));
  }

  @Override
  public void message(String text) {
    dispatch("a message", log -> log.message(text));
  }

  /** One sentence for each dropped log, in the order of the failures. */
  public List<String> failures() {
    return List.copyOf(failures.values());
  }

  private void dispatch(String what, Consumer<TrainingLog> call) {
    List<String> news = new ArrayList<>();
    Iterator<TrainingLog> logs = active.iterator();
    while (logs.hasNext()) {
      TrainingLog log = logs.next();
      // Java without fonts fails with an Error when a curve is drawn, hence the two errors.
      try {
        call.accept(log);
      } catch (RuntimeException | LinkageError | AWTError e) {
        logs.remove();
        news.add(drop(log, what, e));
      }
    }
    news.forEach(this::message);
  }

  private String drop(TrainingLog log, String what, Throwable failure) {
    String sentence =
        String.format(
            Locale.ROOT,
            "The training log %s stopped at %s, and training continues without it: %s",
            log,
            what,
            failure.getMessage());
    LOGGER.warn(sentence);
    LOGGER.debug("Failure of the training log {}", log, failure);
    failures.put(log.toString(), sentence);
    try {
      log.close();
    } catch (RuntimeException | LinkageError | AWTError e) {
      LOGGER.debug("The training log {} could not be closed after its failure", log, e);
    }
    return sentence;
  }

  /** Closes all logs and repeats their failures. Never throws if a log fails. */
  @Override
  public void close() {
    if (closed) {
      return;
    }
    closed = true;
    failures().forEach(sentence -> dispatch("its end", log -> log.message(sentence)));
    closeQuietly();
  }

  private void closeQuietly() {
    for (TrainingLog log : active) {
      try {
        log.close();
      } catch (RuntimeException | LinkageError | AWTError e) {
        String sentence =
            String.format(
                Locale.ROOT, "The training log %s could not be finished: %s", log, e.getMessage());
        LOGGER.warn(sentence);
        LOGGER.debug("Failure of the training log {} at the end", log, e);
        failures.put(log + " at its end", sentence);
      }
    }
    active.clear();
  }
}
