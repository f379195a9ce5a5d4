package dev.recal.tools.command;

import dev.recal.tools.console.Bounds;
import picocli.CommandLine.Option;

/** The options of a benchmark's repeats. */
final class RepeatOptions {

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
  RepeatOptions(int repeats, int warmUp) {
    this.repeats = repeats;
    this.warmUp = warmUp;
  }

  /** Rejects numbers that are too small. */
  void check() {
    Bounds.requireAtLeast("--repeats", repeats, 1);
    Bounds.requireAtLeast("--warm-up", warmUp, 0);
  }

  int repeats() {
    return repeats;
  }

  int warmUp() {
    return warmUp;
  }
}
