package dev.recal.tools.serve.model;

import dev.recal.models.predict.UprightInputs;
import dev.recal.savedmodels.Predictor;
import dev.recal.savedmodels.PredictorSettings;
import java.io.IOException;
import java.nio.file.Path;
import java.util.function.Consumer;

/** A version in memory; it is closed when it was replaced and its last user has gone. */
final class LoadedVersion {

  private final long number;
  private final Predictor predictor;
  private final BatchQueue queue;
  private final Consumer<LoadedVersion> unused;
  // One for whoever offers it, one for each request.
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
   * @param unused told once when nobody uses it any more; calls {@link #close} from elsewhere
   */
  static LoadedVersion load(
      long number, Path directory, BatchSettings batches, Consumer<LoadedVersion> unused)
      throws IOException {
    Predictor predictor = Predictor.open(directory, new PredictorSettings(batches.rows(), true, 0));
    // Photographs are turned here, in the batch's own thread and time.
    BatchQueue queue =
        new BatchQueue(
            (signature, inputs) -> predictor.call(signature, UprightInputs.of(inputs)), batches);
    return new LoadedVersion(number, predictor, queue, unused);
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

  /** Takes part in using it; false where it is about to be closed. */
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

  /** Runs what waits and gives the memory back; never from one of the queue's own threads. */
  void close() {
    queue.close();
    predictor.close();
  }
}
