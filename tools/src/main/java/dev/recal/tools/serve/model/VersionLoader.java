package dev.recal.tools.serve.model;

import dev.recal.tools.serve.model.VersionStates.Failure;
import java.io.IOException;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Loads versions of one model, and notes why some cannot be loaded. Used by one thread. */
final class VersionLoader {

  private static final Logger LOG = LoggerFactory.getLogger(VersionLoader.class);

  private final String name;
  private final ModelDirectory directory;
  private final BatchSettings batches;
  private final ModelEvents events;
  private final VersionStates states;
  private final BooleanSupplier stopping;

  VersionLoader(
      String name,
      ModelDirectory directory,
      BatchSettings batches,
      ModelEvents events,
      VersionStates states,
      BooleanSupplier stopping) {
    this.name = name;
    this.directory = directory;
    this.batches = batches;
    this.events = events;
    this.states = states;
    this.stopping = stopping;
  }

  /**
   * Loads a version.
   *
   * @param files as they were before
   * @param mayGrow whether files may still be missing
   * @param unused called when the version is no longer used
   * @return null if it cannot be loaded, or its files have changed in the meantime
   */
  LoadedVersion load(
      long number, VersionFiles files, boolean mayGrow, Consumer<LoadedVersion> unused)
      throws IOException {
    states.loading(number);
    long began = System.nanoTime();
    LoadedVersion version;
    try {
      LoadedVersion.Owner owner = new LoadedVersion.Owner(name, events, unused);
      version = LoadedVersion.load(number, directory.version(number), batches, owner);
    } catch (Throwable failure) {
      // No failure of a model may stop the search for the next one.
      failed(number, files, mayGrow, failure);
      return null;
    }
    if (directory.files(number).fingerprint() != files.fingerprint()) {
      LOG.info("Version {} of {} was changed while it was loaded; it is read again.", number, name);
      version.release();
      return null;
    }
    events.loaded(name, directory.path(), number, System.nanoTime() - began);
    return version;
  }

  private void failed(long number, VersionFiles files, boolean mayGrow, Throwable failure) {
    String reason = Background.reason(failure);
    LOG.debug("Version {} of {} cannot be loaded", number, name, failure);
    boolean incomplete =
        failure instanceof IOException && !(failure instanceof RefusedVersionException) && mayGrow;
    if (stopping.getAsBoolean()) {
      LOG.info("Version {} of {} was not loaded, because the server is stopping.", number, name);
    } else if (incomplete) {
      LOG.info(
          "Version {} of {} cannot be loaded yet, and may still be copied: {}",
          number,
          name,
          reason);
      states.failed(number, new Failure(files.fingerprint(), reason, false));
    } else {
      refuse(number, files.fingerprint(), reason);
    }
  }

  /** Rejects a version until its files change. */
  void refuse(long number, long fingerprint, String reason) {
    LOG.warn("Version {} of {} is not served: {}", number, name, reason);
    states.failed(number, new Failure(fingerprint, reason, true));
    events.loadFailed(name, directory.path());
  }
}
