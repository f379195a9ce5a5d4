package dev.recal.tools.serve.model;

import dev.recal.savedmodels.Predictor;
import dev.recal.savedmodels.PredictorSettings;
import java.io.IOException;
import java.nio.file.Path;
import java.util.function.Consumer;

/** A loaded version; it is closed once it has been replaced and its last request has finished. */
final class LoadedVersion {

  private final long number;
  private final Predictor predictor;
  private final BatchQueue queue;
  private final Consumer<LoadedVersion> unused;
  // One for the model, one for each request.
  private int users = 1;

  private LoadedVersion(
      long number, Predictor predictor, BatchQueue queue, Consumer<LoadedVersion> unused) {
    this.number = number;
    this.predictor = predictor;
    this.queue = queue;
    this.unused = unused;
  }

  /**
   * Loads a version and runs its golden inputs once.
   *
   * @param unused called once when it is no longer used; calls {@link #close} from another thread
   */
  static LoadedVersion load(
      long number, Path directory, BatchSettings batches, Consumer<LoadedVersion> unused)
      throws IOException {
    Predictor predictor = Predictor.open(directory, new PredictorSettings(batches.rows(), true, 0));
    return new LoadedVersion(number, predictor, new BatchQueue(predictor::call, batches), unused);
  }

  long number() {
    return number;
  }

  Predictor predictor() {
    return predictor;
  }

  BatchQueue queue() {
    return queue;
  }

  /** Acquires the version; false if it is about to be closed. */
  synchronized boolean acquire() {
    if (users == 0) {
      return false;
    }
    users++;
    return true;
  }

  void release() {
    synchronized (this) {
      if (--users > 0) {
        return;
      }
    }
    unused.accept(this);
  }

  /**
   * Runs the waiting calls and releases the memory; never called from one of the queue's own
   * threads.
   */
  void close() {
    queue.close();
    predictor.close();
  }
}
