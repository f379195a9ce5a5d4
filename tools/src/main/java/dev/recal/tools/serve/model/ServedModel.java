package dev.recal.tools.serve.model;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.concurrent.Executors;
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
  private static final int REMEMBERED = 16;
  private static final long CLOSING_SECONDS = 60;

  private record Broken(long fingerprint, String reason) {}

  private final ModelDirectory directory;
  private final String name;
  private final BatchSettings batches;
  private final ScheduledExecutorService watcher =
      Executors.newSingleThreadScheduledExecutor(task -> daemon(task, "versions"));
  private final ScheduledExecutorService closer =
      Executors.newSingleThreadScheduledExecutor(task -> daemon(task, "unloading"));
  // Guarded by this.
  private final TreeMap<Long, Broken> broken = new TreeMap<>();
  private final Map<Long, VersionState> past = new LinkedHashMap<>();
  private OptionalLong loading = OptionalLong.empty();
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
   * @param name its name in requests; empty for the directory's name
   * @param poll the polling interval of the directory
   * @throws IOException if no version can be loaded
   */
  public static ServedModel open(Path path, String name, BatchSettings batches, Duration poll)
      throws IOException {
    ModelDirectory directory = ModelDirectory.of(path);
    ServedModel model =
        new ServedModel(directory, name.isEmpty() ? directory.name() : name, batches);
    try {
      model.look();
      model.requireLoaded();
    } catch (IOException | RuntimeException e) {
      model.close();
      throw e;
    }
    if (!directory.single()) {
      long milliseconds = Math.max(1, poll.toMillis());
      model.watcher.scheduleWithFixedDelay(
          model::poll, milliseconds, milliseconds, TimeUnit.MILLISECONDS);
    }
    return model;
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
  public synchronized List<VersionState> states() {
    Map<Long, VersionState> states = new TreeMap<>(Comparator.reverseOrder());
    states.putAll(past);
    broken.forEach((number, why) -> states.put(number, VersionState.broken(number, why.reason())));
    loading.ifPresent(
        number -> states.put(number, VersionState.of(number, VersionState.State.LOADING)));
    if (current != null) {
      states.put(current.number(), VersionState.of(current.number(), VersionState.State.AVAILABLE));
    }
    return new ArrayList<>(states.values());
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
      look();
    } catch (IOException | RuntimeException e) {
      // The directory may be missing or locked for a while; the loaded version stays in use.
      LOG.debug("{} cannot be read: {}", directory.path(), e.getMessage());
    }
  }

  private void look() throws IOException {
    List<Long> versions = directory.versions();
    OptionalLong loaded = loadedNumber();
    forgetBroken(versions);
    for (long number : versions) {
      if (loaded.isPresent() && loaded.getAsLong() == number || tryLoad(number)) {
        return;
      }
    }
  }

  private synchronized OptionalLong loadedNumber() {
    return current == null ? OptionalLong.empty() : OptionalLong.of(current.number());
  }

  private synchronized void forgetBroken(List<Long> versions) {
    broken.keySet().retainAll(versions);
  }

  private boolean tryLoad(long number) throws IOException {
    long fingerprint = directory.fingerprint(number);
    synchronized (this) {
      Broken known = broken.get(number);
      if (known != null && known.fingerprint() == fingerprint) {
        return false;
      }
      broken.remove(number);
      loading = OptionalLong.of(number);
    }
    try {
      LoadedVersion version =
          LoadedVersion.load(number, directory.version(number), batches, this::unload);
      LOG.debug("Version {} of {} is loaded", number, name);
      replace(version);
      return true;
    } catch (IOException | RuntimeException | OutOfMemoryError e) {
      String reason = String.valueOf(e.getMessage());
      LOG.warn("Version {} of {} is not served: {}", number, name, reason);
      synchronized (this) {
        broken.put(number, new Broken(fingerprint, reason));
      }
      return false;
    } finally {
      synchronized (this) {
        loading = OptionalLong.empty();
      }
    }
  }

  private void replace(LoadedVersion next) {
    LoadedVersion replaced;
    synchronized (this) {
      replaced = current;
      current = next;
      if (next != null) {
        past.remove(next.number());
      }
      if (replaced != null) {
        remember(VersionState.of(replaced.number(), VersionState.State.UNLOADING));
      }
    }
    if (replaced != null) {
      replaced.release();
    }
  }

  // The last user may be one of the queue's own threads, which must not wait for itself.
  private void unload(LoadedVersion version) {
    closer.execute(
        () -> {
          version.close();
          synchronized (this) {
            if (past.containsKey(version.number())) {
              remember(VersionState.of(version.number(), VersionState.State.END));
            }
          }
        });
  }

  private synchronized void remember(VersionState state) {
    past.remove(state.version());
    past.put(state.version(), state);
    while (past.size() > REMEMBERED) {
      past.remove(past.keySet().iterator().next());
    }
  }

  private synchronized void requireLoaded() throws IOException {
    if (current != null) {
      return;
    }
    if (broken.isEmpty()) {
      throw new IOException(
          "Directory "
              + directory.path()
              + " is not a SavedModel: it contains neither saved_model.pb nor an integer version"
              + " that does.");
    }
    Broken highest = broken.lastEntry().getValue();
    throw new IOException(highest.reason());
  }

  private static Thread daemon(Runnable task, String name) {
    Thread thread = new Thread(task, name);
    thread.setDaemon(true);
    return thread;
  }
}
