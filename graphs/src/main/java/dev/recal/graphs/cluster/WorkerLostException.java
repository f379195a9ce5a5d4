package dev.recal.graphs.cluster;

/**
 * Another worker ended, hangs or cannot be reached. All workers end, and training resumes from the
 * last checkpoint when all of them are started again: TensorFlow refuses a worker that comes back
 * alone.
 */
public final class WorkerLostException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  /** An exception with a message for people. */
  public WorkerLostException(String message, Throwable cause) {
    super(message, cause);
  }
}
