package dev.recal.graphs.logs;

/**
 * A listener of a training run.
 *
 * <p>The trainer calls {@link #started} once for each stage, most often once, then the others in
 * any order, then {@link #close}, always from one thread. Steps are counted over all stages. A
 * constructor does no input or output; files are opened in the first {@code started}.
 *
 * <p>Every method but {@code close} may throw {@link java.io.UncheckedIOException} with a message
 * that names the file. {@link TrainingLogs#all} handles it: in the first {@code started} it ends
 * the run, later it ends only the log.
 */
public interface TrainingLog extends AutoCloseable {
  /** A stage of the run starts, or resumes after {@link RunInfo#startStep()} steps. */
  default void started(RunInfo run) {}

  /** A step is done. The trainer decides which steps it reports. */
  default void step(StepReport report) {}

  /** An evaluation is done. */
  default void evaluated(EvaluationReport report) {}

  /** A picture was written: samples of a generator, for example. */
  default void picture(PictureReport report) {}

  /** A distribution was computed: that of the gates of a layer, for example. */
  default void histogram(HistogramReport report) {}

  /** A message: a checkpoint was written, an image was skipped. */
  default void message(String text) {}

  /** The run has ended, successfully or not. May be called twice. */
  @Override
  void close();

  /** A log that keeps nothing. */
  final class Silent implements TrainingLog {
    @Override
    public void close() {}
  }
}
