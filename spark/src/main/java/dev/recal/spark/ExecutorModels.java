package dev.recal.spark;

import dev.recal.savedmodels.Predictor;
import dev.recal.savedmodels.PredictorSettings;
import java.io.IOException;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;

/**
 * The models of one executor: loaded by the first task that needs one, shared by all tasks, and
 * kept for the next ones. A model that no task uses is closed when another one is loaded.
 */
final class ExecutorModels {

  static {
    // Otherwise JavaCPP fails once the process, including its tensors, exceeds twice the Java heap.
    if (System.getProperty("org.bytedeco.javacpp.maxphysicalbytes") == null) {
      System.setProperty("org.bytedeco.javacpp.maxphysicalbytes", "0");
    }
  }

  private static final Map<Key, Loaded> LOADED = new HashMap<>();

  private ExecutorModels() {}

  private record Key(String digest, PredictorSettings settings) {}

  private static final class Loaded {
    final Predictor predictor;
    int leases;

    Loaded(Predictor predictor) {
      this.predictor = predictor;
    }
  }

  /**
   * A model that stays open until the lease is closed.
   *
   * @param predictor shared with other tasks
   * @param opened whether this lease loaded it
   */
  record Lease(Predictor predictor, boolean opened, Runnable release) implements AutoCloseable {
    @Override
    public void close() {
      release.run();
    }
  }

  /**
   * Leases a model; other tasks wait while it is loaded.
   *
   * @throws IOException if it cannot be loaded
   */
  static synchronized Lease lease(ShippedModel model, PredictorSettings settings)
      throws IOException {
    Key key = new Key(model.digest(), settings);
    Loaded found = LOADED.get(key);
    boolean opened = found == null;
    if (opened) {
      closeUnused();
      found = new Loaded(model.open(settings));
      LOADED.put(key, found);
    }
    found.leases++;
    Loaded leased = found;
    return new Lease(leased.predictor, opened, () -> release(leased));
  }

  private static synchronized void release(Loaded leased) {
    leased.leases--;
  }

  private static void closeUnused() {
    for (Iterator<Loaded> all = LOADED.values().iterator(); all.hasNext(); ) {
      Loaded loaded = all.next();
      if (loaded.leases == 0) {
        all.remove();
        loaded.predictor.close();
      }
    }
  }
}
