package dev.recal.graphs.classification;

import java.io.IOException;
import java.nio.file.Path;

/** A training process that writes a checkpoint after every step until it is killed. */
final class KilledRun {

  static final TinyNetwork NETWORK = new TinyNetwork(10, true, 0.2f);
  static final String SETTINGS = "{'steps': 200, 'accumulation': 2, 'optimiser': 'adam'}";

  private KilledRun() {}

  public static void main(String[] arguments) throws IOException {
    try (Bench bench = new Bench()) {
      bench.resume(Path.of(arguments[0]), NETWORK, Bench.settings(SETTINGS));
    }
  }
}
