package dev.recal.tools.command;

import dev.recal.tools.run.Runs;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.Option;

/** The options of commands that train. */
final class RunOptions {

  @Option(names = "--strict", description = "Fail on unusable images instead of skipping them.")
  private boolean strict;

  @Option(names = "--plain", description = "Print lines instead of a progress bar.")
  private boolean plain;

  @Option(
      names = "--export",
      paramLabel = "MODEL",
      description = "Export the best weights to MODEL/VERSION at the end.")
  private Path target;

  /** Whether unusable images are rejected. */
  boolean strict() {
    return strict;
  }

  /** Returns the trainer, which exports at the end if requested. */
  Runs runs(PrintWriter out) {
    return runs(out, Optional.empty());
  }

  /**
   * Returns what trains.
   *
   * @param model the default export directory
   */
  Runs runs(PrintWriter out, Optional<Path> model) {
    return new Runs(out, plain, strict, target == null ? model : Optional.of(target));
  }
}
