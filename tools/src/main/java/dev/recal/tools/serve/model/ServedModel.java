package dev.recal.tools.serve.model;

import dev.recal.tools.serve.model.VersionStates.Failure;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A model that serves its highest version; a new higher version replaces it while requests are
 * running.
 *
 * <p>A version that cannot be loaded is reported in the status and tried again when its files
 * change; the loaded one stays in use. If the loaded version's directory is deleted, the highest of
 * the others replaces it, as in TensorFlow Serving; if there is no other, the loaded one stays in
 * use.
 */
public final class ServedModel implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(ServedModel.class);
  private static final long CLOSING_SECONDS = 60;
  private static final Duration MAX_QUIET = Duration.ofSeconds(5);
  // A server that starts does not wait longer than this for files that have just been written.
  private static final Duration STARTUP_QUIET = Duration.ofMillis(300);
  private static final Duration STARTUP_PATIENCE = Duration.ofSeconds(5);

  private final ModelDirectory directory;
  private final String name;
  private final BatchSettings batches;
  private final VersionStates versions = new VersionStates();
  private final ScheduledExecutorService watcher = Background.scheduler("versions");
  private final ScheduledExecutorService closer = Background.scheduler("unloading");
  // Of one thread, first the one that opens and then the watcher.
  private QuietPeriod quietPeriod = new QuietPeriod(STARTUP_QUIET);
  private String unreadable = "";
  // Guarded by this.
  private LoadedVersion current;

  private ServedModel(ModelDirectory directory, String name, BatchSettings batches) {
    this.directory = directory;
    this.name = name;
    this.batches = batches;
  }

  /**
   * Loads the highest version that can be loaded and watches for others.
   *
   * @param path {@code <model>} with integer versions, or one version
   * @param name what clients call it; empty takes the directory's name
   * @param poll how often the directory is looked at; a version whose files have not changed for
   *     twice as long is whole
   * @throws IOException if no version can be loaded
   */
  public static ServedModel open(Path path, String name, BatchSettings batches, Duration poll)
      throws IOException {
    ModelDirectory directory = ModelDirectory.of(path);
    ServedModel model =
        new ServedModel(directory, name.isEmpty() ? directory.name() : name, batches);
    try {
      model.loadFirst();
    } catch (IOException | RuntimeException | Error e) {
      model.close();
      throw e;
    }
    if (!directory.single()) {
      long milliseconds = Math.max(1, poll.toMillis());
      Duration quiet = Duration.ofMillis(2 * milliseconds);
      model.quietPeriod = new QuietPeriod(quiet.compareTo(MAX_QUIET) < 0 ? quiet : MAX_QUIET);
      model.watcher.scheduleWithFixedDelay(
          Background.guarded("The search for new versions of " + model.name, model::poll),
          milliseconds,
          milliseconds,
          TimeUnit.MILLISECONDS);
    }
    return model;
  }

  // The highest version may have been written a moment ago.
  private void loadFirst() throws IOException {
    long end = System.nanoTime() + STARTUP_PATIENCE.toNanos();
    while (scan(System.nanoTime() - end >= 0) && loadedNumber().isEmpty()) {
      try {
        TimeUnit.MILLISECONDS.sleep(STARTUP_QUIET.toMillis() / 10);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new InterruptedIOException("The server was stopped while it loaded the model.");
      }
    }
    requireLoaded();
  }

  /** Returns its name in requests. */
  public String name() {
    return name;
  }

  /**
   * Acquires a version.
   *
   * @param version the version; empty for the served one
   * @throws ServingException if that version is not loaded
   */
  public Lease acquire(OptionalLong version) {
    while (true) {
      LoadedVersion candidate;
      synchronized (this) {
        candidate = current;
      }
      if (candidate == null || version.isPresent() && version.getAsLong() != candidate.number()) {
        String wanted =
            version.isPresent()
                ? "Specific(" + name + ", " + version.getAsLong() + ")"
                : "Latest(" + name + ")";
        throw new ServingException(
            ServingStatus.NOT_FOUND, "Servable not found for request: " + wanted);
      }
      // It may have been replaced and closed in the meantime; then there is another.
      if (candidate.acquire()) {
        return new Lease(candidate);
      }
    }
  }

  /** Returns the states of all current and former versions, the highest first. */
  public List<VersionState> states() {
    return versions.all(loadedNumber());
  }

  /** Stops watching, waits for running requests, and releases the memory. */
  @Override
  public void close() {
    watcher.shutdownNow();
    try {
      // A version that is still being loaded would not be closed.
      watcher.awaitTermination(CLOSING_SECONDS, TimeUnit.SECONDS);
      replace(null);
      closer.shutdown();
      closer.awaitTermination(CLOSING_SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void poll() {
    try {
      scan(true);
      unreadable = "";
    } catch (IOException | UncheckedIOException e) {
      // The directory may be missing or locked for a while; the loaded version stays in use.
      String reason = Background.reason(e);
      if (!reason.equals(unreadable)) {
        LOG.warn("{} cannot be read, so new versions are not seen: {}", directory.path(), reason);
      }
      unreadable = reason;
    }
  }

  // Returns whether a version is still awaited; without tryLower, lower versions wait for it too.
  private boolean scan(boolean tryLower) throws IOException {
    List<Long> numbers = directory.versions();
    OptionalLong loaded = loadedNumber();
    quietPeriod.retain(numbers);
    versions.retain(numbers);
    boolean waits = false;
    for (long number : numbers) {
      if (loaded.isPresent() && loaded.getAsLong() == number) {
        return waits;
      }
      VersionFiles files = directory.files(number);
      long age = quietPeriod.age(number, files);
      Optional<Failure> known = versions.failure(number);
      if (known.isPresent() && known.get().fingerprint() == files.fingerprint()) {
        refuseSettled(number, known.get(), age);
      } else if (!quietPeriod.settled(age, files)) {
        versions.loading(number);
        waits = true;
        if (!tryLower) {
          return true;
        }
      } else if (load(number, files, age)) {
        return waits;
      } else {
        // Neither loaded nor rejected: its files have changed in the meantime.
        waits |= versions.failure(number).isEmpty();
      }
    }
    return waits;
  }

  private synchronized OptionalLong loadedNumber() {
    return current == null ? OptionalLong.empty() : OptionalLong.of(current.number());
  }

  private void refuseSettled(long number, Failure failure, long age) {
    if (!failure.refused() && !quietPeriod.mayGrow(age)) {
      refuse(number, failure.fingerprint(), failure.reason());
    }
  }

  private void refuse(long number, long fingerprint, String reason) {
    LOG.warn("Version {} of {} is not served: {}", number, name, reason);
    versions.failed(number, new Failure(fingerprint, reason, true));
  }

  private boolean load(long number, VersionFiles files, long age) throws IOException {
    versions.loading(number);
    LoadedVersion version;
    try {
      version = LoadedVersion.load(number, directory.version(number), batches, this::unload);
    } catch (Throwable failure) {
      // No failure of a model may stop the search for the next one.
      failed(number, files, age, failure);
      return false;
    }
    if (directory.files(number).fingerprint() != files.fingerprint()) {
      LOG.info("Version {} of {} was changed while it was loaded; it is read again.", number, name);
      version.release();
      return false;
    }
    replace(version);
    return true;
  }

  private void failed(long number, VersionFiles files, long age, Throwable failure) {
    String reason = Background.reason(failure);
    LOG.debug("Version {} of {} cannot be loaded", number, name, failure);
    boolean incomplete =
        failure instanceof IOException
            && !(failure instanceof RefusedVersionException)
            && quietPeriod.mayGrow(age);
    if (watcher.isShutdown()) {
      LOG.info("Version {} of {} was not loaded, because the server is stopping.", number, name);
    } else if (incomplete) {
      LOG.info(
          "Version {} of {} cannot be loaded yet, and may still be copied: {}",
          number,
          name,
          reason);
      versions.failed(number, new Failure(files.fingerprint(), reason, false));
    } else {
      refuse(number, files.fingerprint(), reason);
    }
  }

  private void replace(LoadedVersion next) {
    LoadedVersion replaced;
    synchronized (this) {
      replaced = current;
      current = next;
      if (next != null) {
        versions.available(next.number());
      }
      if (replaced != null) {
        versions.unloading(replaced.number());
      }
    }
    if (next != null && replaced != null) {
      LOG.info(
          "Version {} of {} is now served; version {} is unloaded after its last request.",
          next.number(),
          name,
          replaced.number());
    }
    if (replaced != null) {
      replaced.release();
    }
  }

  // The last user may be one of the queue's own threads, which must not wait for itself.
  private void unload(LoadedVersion version) {
    Runnable close =
        Background.guarded(
            "Unloading version " + version.number() + " of " + name,
            () -> {
              version.close();
              versions.ended(version.number());
              LOG.debug("Version {} of {} is unloaded", version.number(), name);
            });
    try {
      closer.execute(close);
    } catch (RejectedExecutionException e) {
      // The server was closed before its last request had ended.
      Background.thread("unloading", close).start();
    }
  }

  private synchronized void requireLoaded() throws IOException {
    if (current == null) {
      throw new IOException(
          versions
              .highestFailure()
              .map(Failure::reason)
              .orElse(
                  "Directory "
                      + directory.path()
                      + " is not a SavedModel: it contains neither saved_model.pb nor an integer"
                      + " version that does."));
    }
  }
}
