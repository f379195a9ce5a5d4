package dev.recal.tools.serve.model;

import dev.recal.models.predict.UprightInputs;
import dev.recal.savedmodels.GoldenError;
import dev.recal.savedmodels.Predictor;
import dev.recal.savedmodels.PredictorSettings;
import dev.recal.savedmodels.Verification;
import dev.recal.savedmodels.serving.WarmUp;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A loaded version; it is closed once it has been replaced and its last request has finished. */
final class LoadedVersion {

  private static final Logger LOG = LoggerFactory.getLogger(LoadedVersion.class);

  /**
   * Whom a version belongs to.
   *
   * @param model the name of the model
   * @param events receives the runs
   * @param unused called once when the version is no longer used; calls {@link #close} from another
   *     thread
   */
  record Owner(String model, ModelEvents events, Consumer<LoadedVersion> unused) {}

  private final long number;
  private final Predictor predictor;
  private final BatchQueue queue;
  private final Owner owner;
  // One for the model, one for each request.
  private int users = 1;

  private LoadedVersion(long number, Predictor predictor, BatchQueue queue, Owner owner) {
    this.number = number;
    this.predictor = predictor;
    this.queue = queue;
    this.owner = owner;
  }

  /**
   * Loads a version, compares its golden outputs and runs the warm-up requests inside it.
   *
   * @throws RefusedVersionException if its answers are not those that were recorded, or it rejects
   *     its own warm-up requests
   * @throws IOException if it cannot be loaded
   */
  static LoadedVersion load(long number, Path directory, BatchSettings batches, Owner owner)
      throws IOException {
    PredictorSettings settings =
        new PredictorSettings(batches.rows(), false, 0).withPixels(batches.pixels());
    Predictor predictor = Predictor.open(directory, settings);
    try {
      requireGoldenOutputs(number, predictor);
      warmUp(number, predictor);
      // Photographs are turned here, in the batch's own thread and time.
      BatchQueue queue =
          new BatchQueue(
              (signature, inputs) ->
                  predictor.call(signature, UprightInputs.of(inputs, batches.pixels())),
              batches,
              (rows, nanoseconds) -> owner.events().batchRan(owner.model(), rows, nanoseconds));
      return new LoadedVersion(number, predictor, queue, owner);
    } catch (IOException | RuntimeException | Error e) {
      predictor.close();
      throw e;
    }
  }

  private static void requireGoldenOutputs(long number, Predictor predictor) throws IOException {
    Verification verification;
    try {
      verification = Verification.of(predictor);
    } catch (RuntimeException e) {
      throw new RefusedVersionException("The model fails on its golden inputs: " + e.getMessage());
    }
    if (verification.errors().isEmpty()) {
      LOG.info("Version {} has no golden outputs, so its outputs are not verified.", number);
    }
    Optional<GoldenError> mismatch = verification.mismatch();
    if (mismatch.isPresent()) {
      throw new RefusedVersionException(
          String.format(
              Locale.ROOT,
              "The model does not reproduce its golden outputs: output '%s' of '%s' differs by"
                  + " %.2e; expected at most %.0e.",
              mismatch.get().output(),
              mismatch.get().signature(),
              mismatch.get().relativeError(),
              verification.tolerance()));
    }
  }

  private static void warmUp(long number, Predictor predictor) throws IOException {
    WarmUp.Replayed replayed;
    try {
      replayed = WarmUp.replay(predictor);
    } catch (IllegalArgumentException e) {
      throw new RefusedVersionException(e.getMessage());
    }
    if (replayed.answered() + replayed.skipped() > 0) {
      LOG.info(
          "Version {} answered its {} warm-up requests{}.",
          number,
          replayed.answered(),
          replayed.skipped() == 0
              ? ""
              : "; "
                  + replayed.skipped()
                  + " of kinds that this server does not have were skipped");
    }
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
    owner.unused().accept(this);
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
