package dev.recal.tools.serve.model;

import dev.recal.tools.serve.model.VersionStates.Failure;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A model that serves its highest version, or those of its {@link VersionPolicy}; a new version
 * replaces another while requests are running.
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
  private final VersionStates states = new VersionStates();
  private final LoadedVersions loaded = new LoadedVersions();
  private final VersionLoader loader;
  private final ScheduledExecutorService watcher = Background.scheduler("versions");
  private final ScheduledExecutorService closer = Background.scheduler("unloading");
  private volatile VersionPolicy policy;
  private volatile Map<String, Long> labels;
  // Of one thread, first the one that opens and then the watcher.
  private QuietPeriod quietPeriod = new QuietPeriod(STARTUP_QUIET);
  private String unreadable = "";

  private ServedModel(ModelSettings settings, BatchSettings batches, ModelEvents events) {
    directory = ModelDirectory.of(settings.path());
    name = settings.name();
    policy = settings.policy();
    labels = settings.labels();
    loader =
        new VersionLoader(name, directory, batches, events, states, () -> watcher.isShutdown());
  }

  /**
   * Loads the highest version that can be loaded and watches for others.
   *
   * @param poll how often the directory is looked at; a version whose files have not changed for
   *     twice as long is whole
   * @throws IOException if no version can be loaded
   */
  static ServedModel open(
      ModelSettings settings, BatchSettings batches, Duration poll, ModelEvents events)
      throws IOException {
    ServedModel model = new ServedModel(settings, batches, events);
    try {
      model.loadFirst();
    } catch (IOException | RuntimeException | Error e) {
      model.close();
      throw e;
    }
    if (!model.directory.single()) {
      model.startWatching(poll);
    }
    return model;
  }

  /** Watches a model of which no version may be loaded yet. */
  static ServedModel watch(
      ModelSettings settings, BatchSettings batches, Duration poll, ModelEvents events) {
    ServedModel model = new ServedModel(settings, batches, events);
    model.startWatching(poll);
    return model;
  }

  // The highest version may have been written a moment ago.
  private void loadFirst() throws IOException {
    long end = System.nanoTime() + STARTUP_PATIENCE.toNanos();
    while (scan(System.nanoTime() - end >= 0) && loaded.isEmpty()) {
      try {
        TimeUnit.MILLISECONDS.sleep(STARTUP_QUIET.toMillis() / 10);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new InterruptedIOException("The server was stopped while it loaded the model.");
      }
    }
    requireLoaded();
  }

  private void startWatching(Duration poll) {
    long milliseconds = Math.max(1, poll.toMillis());
    Duration quiet = Duration.ofMillis(2 * milliseconds);
    quietPeriod = new QuietPeriod(quiet.compareTo(MAX_QUIET) < 0 ? quiet : MAX_QUIET);
    watcher.scheduleWithFixedDelay(
        Background.guarded("The search for new versions of " + name, this::poll),
        milliseconds,
        milliseconds,
        TimeUnit.MILLISECONDS);
  }

  /** Returns its name in requests. */
  public String name() {
    return name;
  }

  /** Returns its directory. */
  Path path() {
    return directory.path();
  }

  /** Returns whether it answers requests. */
  public boolean isLoaded() {
    return !loaded.isEmpty();
  }

  /** Returns the number of calls that wait for it. */
  public int waiting() {
    return loaded.waiting();
  }

  /** Returns the names of versions. */
  public Map<String, Long> labels() {
    return labels;
  }

  /** Serves other versions from now on, under other labels. */
  void change(VersionPolicy otherPolicy, Map<String, Long> otherLabels) {
    policy = otherPolicy;
    labels = otherLabels;
  }

  /**
   * Acquires a version.
   *
   * @throws ServingException if that version is not loaded, or there is no such label
   */
  public Lease acquire(ModelTarget target) {
    ModelTarget numbered = numbered(target);
    while (true) {
      LoadedVersion candidate = loaded.get(numbered.version());
      if (candidate == null) {
        throw numbered.notFound();
      }
      // It may have been replaced and closed in the meantime; then there is another.
      if (candidate.acquire()) {
        return new Lease(candidate);
      }
    }
  }

  /**
   * Returns the same target with the number of its label.
   *
   * @throws ServingException if there is no such label
   */
  public ModelTarget numbered(ModelTarget target) {
    if (target.label().isEmpty()) {
      return target;
    }
    Long number = labels.get(target.label().get());
    if (number == null) {
      throw ServingException.invalid(
          "Unrecognized servable version label: " + target.label().get());
    }
    return new ModelTarget(name, OptionalLong.of(number), Optional.empty());
  }

  /** Returns the states of all current and former versions, the highest first. */
  public List<VersionState> states() {
    return states.all(loaded.numbers());
  }

  /**
   * Returns the states of the versions that a target names.
   *
   * @throws ServingException if there is no such label
   */
  List<VersionState> states(ModelTarget target) {
    OptionalLong version = numbered(target).version();
    return states().stream()
        .filter(state -> version.isEmpty() || version.getAsLong() == state.version())
        .toList();
  }

  /** Stops watching for versions. */
  void stopWatching() {
    watcher.shutdownNow();
  }

  /** Stops watching, waits for running requests, and releases the memory. */
  @Override
  public void close() {
    stopWatching();
    try {
      // A version that is still being loaded would not be closed.
      watcher.awaitTermination(CLOSING_SECONDS, TimeUnit.SECONDS);
      retire(Set.of());
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
    VersionPolicy served = policy;
    List<Long> numbers = directory.versions().stream().filter(served::allows).toList();
    quietPeriod.retain(numbers);
    states.retain(numbers);
    Set<Long> kept = new HashSet<>();
    boolean waits = false;
    for (long number : numbers) {
      if (kept.size() == served.count()) {
        break;
      }
      if (loaded.contains(number)) {
        kept.add(number);
        continue;
      }
      VersionFiles files = directory.files(number);
      long age = quietPeriod.age(number, files);
      Optional<Failure> known = states.failure(number);
      if (known.isPresent() && known.get().fingerprint() == files.fingerprint()) {
        refuseSettled(number, known.get(), age);
      } else if (!quietPeriod.settled(age, files)) {
        states.loading(number);
        waits = true;
        if (!tryLower) {
          return true;
        }
      } else if (load(number, files, age)) {
        kept.add(number);
      } else {
        // Neither loaded nor rejected: its files have changed in the meantime.
        waits |= states.failure(number).isEmpty();
      }
    }
    if (!kept.isEmpty()) {
      retire(kept);
    }
    return waits;
  }

  private void refuseSettled(long number, Failure failure, long age) {
    if (!failure.refused() && !quietPeriod.mayGrow(age)) {
      loader.refuse(number, failure.fingerprint(), failure.reason());
    }
  }

  private boolean load(long number, VersionFiles files, long age) throws IOException {
    LoadedVersion version = loader.load(number, files, quietPeriod.mayGrow(age), this::unload);
    if (version != null) {
      loaded.add(version);
      states.available(number);
    }
    return version != null;
  }

  // Requests get a version that is kept from now on; running ones finish on their own.
  private void retire(Set<Long> kept) {
    loaded.numbers().stream().filter(number -> !kept.contains(number)).forEach(states::unloading);
    for (LoadedVersion version : loaded.retain(kept)) {
      if (!kept.isEmpty()) {
        LOG.info(
            "Version {} of {} is now served; version {} is unloaded after its last request.",
            loaded.numbers().stream().max(Long::compare).orElseThrow(),
            name,
            version.number());
      }
      version.release();
    }
  }

  // The last user may be one of the queue's own threads, which must not wait for itself.
  private void unload(LoadedVersion version) {
    Runnable close =
        Background.guarded(
            "Unloading version " + version.number() + " of " + name,
            () -> {
              version.close();
              states.ended(version.number());
              LOG.debug("Version {} of {} is unloaded", version.number(), name);
            });
    try {
      closer.execute(close);
    } catch (RejectedExecutionException e) {
      // The server was closed before its last request had ended.
      Background.thread("unloading", close).start();
    }
  }

  private void requireLoaded() throws IOException {
    if (loaded.isEmpty()) {
      throw new IOException(
          states.highestFailure().map(Failure::reason).orElseGet(() -> noVersion(directory)));
    }
  }

  /**
   * Rejects a directory without any version, before a server listens for it.
   *
   * @throws IOException if it is missing or has none
   */
  static void requireVersion(ModelSettings settings) throws IOException {
    ModelDirectory directory = ModelDirectory.of(settings.path());
    if (directory.versions().stream().noneMatch(settings.policy()::allows)) {
      throw new IOException(noVersion(directory));
    }
  }

  private static String noVersion(ModelDirectory directory) {
    return "Directory "
        + directory.path()
        + " is not a SavedModel: it contains neither saved_model.pb nor an integer version that"
        + " does.";
  }
}
