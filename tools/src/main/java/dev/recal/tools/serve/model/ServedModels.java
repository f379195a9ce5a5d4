package dev.recal.tools.serve.model;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The models of a server, by name; they can be exchanged while requests are running. */
public final class ServedModels implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(ServedModels.class);

  private final BatchSettings batches;
  private final Duration poll;
  private final ModelEvents events;
  // The order of the configuration; replaced as a whole.
  private volatile Map<String, ServedModel> models = Map.of();
  private volatile boolean loading = true;
  private volatile boolean closed;

  /**
   * Creates an empty set of models.
   *
   * @param poll the interval at which directories are looked at
   */
  public ServedModels(BatchSettings batches, Duration poll, ModelEvents events) {
    this.batches = batches;
    this.poll = poll;
    this.events = events;
  }

  /**
   * Rejects models without any version, before a server listens for them.
   *
   * @throws IOException if a directory is missing or has none
   */
  public static void requireVersions(List<ModelSettings> settings) throws IOException {
    for (ModelSettings one : settings) {
      ServedModel.requireVersion(one);
    }
  }

  /**
   * Loads the first models; until then the server is not ready.
   *
   * @throws IOException if one of them has no version that can be loaded
   */
  public synchronized void open(List<ModelSettings> settings) throws IOException {
    for (ModelSettings one : settings) {
      requireOpen();
      put(ServedModel.open(one, batches, poll, events));
    }
    loading = false;
  }

  /**
   * Changes the models to others: those that are new are loaded, those that are missing are
   * unloaded after their last request. A new model that cannot be loaded is reported in its status.
   */
  public synchronized void change(List<ModelSettings> settings) {
    if (closed) {
      return;
    }
    Set<String> names = new HashSet<>();
    List<ServedModel> replaced = new ArrayList<>();
    for (ModelSettings one : settings) {
      names.add(one.name());
      ServedModel known = models.get(one.name());
      if (known != null && known.path().equals(one.path())) {
        known.change(one.policy(), one.labels());
      } else {
        put(ServedModel.watch(one, batches, poll, events));
        if (known != null) {
          replaced.add(known);
        }
      }
    }
    Map<String, ServedModel> kept = new LinkedHashMap<>();
    for (Map.Entry<String, ServedModel> entry : models.entrySet()) {
      if (names.contains(entry.getKey())) {
        kept.put(entry.getKey(), entry.getValue());
      } else {
        LOG.info("Model {} is no longer served.", entry.getKey());
        replaced.add(entry.getValue());
      }
    }
    models = kept;
    replaced.forEach(ServedModel::close);
  }

  private void requireOpen() throws IOException {
    if (closed) {
      throw new IOException("The server was stopped while it loaded its models.");
    }
  }

  private void put(ServedModel model) {
    Map<String, ServedModel> more = new LinkedHashMap<>(models);
    more.put(model.name(), model);
    models = more;
  }

  /** Returns the models. */
  public List<ServedModel> all() {
    return List.copyOf(models.values());
  }

  /** Returns the model of a name, if it is served. */
  public Optional<ServedModel> find(String name) {
    return Optional.ofNullable(models.get(name));
  }

  /**
   * Acquires a version.
   *
   * @throws ServingException if there is no such model or label, or that version is not loaded
   */
  public Lease acquire(ModelTarget target) {
    return find(target.model()).orElseThrow(target::notFound).acquire(target);
  }

  /**
   * Returns the states of the versions that a target names.
   *
   * @throws ServingException if there is no such model, version or label
   */
  public List<VersionState> states(ModelTarget target) {
    return find(target.model())
        .map(model -> model.states(target))
        .filter(found -> !found.isEmpty())
        .orElseThrow(target::noVersions);
  }

  /** Returns why requests cannot be answered yet; empty if every model has a version. */
  public Optional<String> notReady() {
    if (closed) {
      return Optional.of("The server is stopping.");
    }
    if (loading) {
      return Optional.of("The models are being loaded.");
    }
    List<String> missing =
        models.values().stream().filter(model -> !model.isLoaded()).map(ServedModel::name).toList();
    return missing.isEmpty()
        ? Optional.empty()
        : Optional.of("No version is loaded of: " + String.join(", ", missing) + ".");
  }

  /** Waits for running requests and releases the memory. */
  @Override
  public void close() {
    closed = true;
    models.values().forEach(ServedModel::stopWatching);
    synchronized (this) {
      models.values().forEach(ServedModel::close);
    }
  }
}
