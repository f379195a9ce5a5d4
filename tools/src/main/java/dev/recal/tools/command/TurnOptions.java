package dev.recal.tools.command;

import dev.recal.tools.console.UsageException;
import picocli.CommandLine.Option;

/** The options of a benchmark's repeats. */
final class TurnOptions {

  @Option(
      names = "--repeats",
      paramLabel = "N",
      description = "Measured repeats (${DEFAULT-VALUE}).")
  private int repeats;

  @Option(
      names = "--warm-up",
      paramLabel = "N",
      description = "Warm-up repeats (${DEFAULT-VALUE}).")
  private int warmUp;

  /** The default numbers. */
  TurnOptions(int repeats, int warmUp) {
    this.repeats = repeats;
    this.warmUp = warmUp;
  }

  /** Rejects numbers that are too small. */
  void check() {
    if (repeats < 1) {
      throw new UsageException("--repeats: expected at least 1, but got " + repeats + ".");
    }
    if (warmUp < 0) {
      throw new UsageException("--warm-up: expected at least 0, but got " + warmUp + ".");
    }
  }

  int repeats() {
    return repeats;
  }

  int warmUp() {
    return warmUp;
  }
}
