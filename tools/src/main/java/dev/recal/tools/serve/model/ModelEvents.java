package dev.recal.tools.serve.model;

import java.nio.file.Path;

/** What happens to the models of a server, for its metrics; called from any thread. */
public interface ModelEvents {

  /** Ignores all events. */
  ModelEvents NONE =
      new ModelEvents() {
        @Override
        public void loaded(String model, Path directory, long version, long nanoseconds) {}

        @Override
        public void loadFailed(String model, Path directory) {}

        @Override
        public void batchRan(String model, int rows, long nanoseconds) {}
      };

  /** A version was loaded and verified. */
  void loaded(String model, Path directory, long version, long nanoseconds);

  /** A version could not be loaded. */
  void loadFailed(String model, Path directory);

  /**
   * The model was run.
   *
   * @param rows in the batch
   */
  void batchRan(String model, int rows, long nanoseconds);
}
