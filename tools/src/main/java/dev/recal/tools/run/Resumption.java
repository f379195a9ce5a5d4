package dev.recal.tools.run;

import dev.recal.graphs.task.RunDirectory;
import dev.recal.graphs.task.RunProgress;
import dev.recal.graphs.task.Study;
import dev.recal.tools.console.CommandLineText;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/** The sentences that tell how an unfinished run is resumed. */
public final class Resumption {

  private Resumption() {}

  /**
   * Returns the command that resumes a run.
   *
   * @param run its directory; a run of a study resumes with all of it
   */
  public static String command(Path run) {
    Path parent = run.toAbsolutePath().getParent();
    return CommandLineText.of("resume", Study.isAt(parent) ? parent : run);
  }

  /**
   * Returns the sentence with the command that resumes a run.
   *
   * @param run its directory
   */
  public static String sentence(Path run) {
    return "Resume it with: " + command(run);
  }

  /**
   * Returns the sentence about a run that is unfinished; empty for a finished one.
   *
   * @throws IOException if the run cannot be read
   */
  public static Optional<String> ofUnfinished(RunDirectory<?> run) throws IOException {
    return RunProgress.ofUnfinished(run).map(progress -> sentence(run.directory(), progress));
  }

  /** Returns the sentence about an unfinished run. */
  public static String sentence(Path run, RunProgress progress) {
    return "The run is unfinished, at " + progress + ". " + sentence(run);
  }

  /** Returns the sentences for a run whose process ends before the checkpoint is finished. */
  static String afterGrace(RunDirectory<?> run, Duration grace) {
    String late =
        "The checkpoint was not finished within "
            + grace.toSeconds()
            + " seconds of the signal, and the process ends without it. ";
    return late
        + newest(run)
            .map(
                newest ->
                    "The last complete checkpoint is "
                        + newest
                        + "; resume from it with: "
                        + command(run.directory()))
            .orElseGet(
                () -> "No checkpoint is complete; restart with: " + command(run.directory()));
  }

  private static Optional<Path> newest(RunDirectory<?> run) {
    try {
      return run.checkpoints().newest();
    } catch (IOException unreadable) {
      return Optional.empty();
    }
  }
}
