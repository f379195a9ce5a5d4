package dev.recal.tools.command;

import dev.recal.tools.run.Runs;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code recal resume}: resumes a run of any task. */
@Command(
    name = "resume",
    description =
        "Resume an interrupted run of any kind from its newest checkpoint, like 'train RUN'.")
public final class ResumeCommand implements Callable<Integer> {

  @Spec private CommandSpec spec;

  @Parameters(paramLabel = "RUN", description = "The run's directory.")
  private Path run;

  @Option(
      names = "--set",
      paramLabel = "KEY=VALUE",
      description =
          "Change a setting that may change on resume: steps, epochs, patience, intervals, threads;"
              + " for example training.epochs=40.")
  private List<String> overrides = new ArrayList<>();

  @Option(
      names = "--data",
      paramLabel = "DIR",
      description = "Where the run's data is now, if it was moved.")
  private Path data;

  @Option(
      names = "--strict",
      description = "Fail on images that cannot be used, instead of skipping them.")
  private boolean strict;

  @Option(names = "--plain", description = "Print log lines instead of a progress bar.")
  private boolean plain;

  @Option(
      names = "--export",
      paramLabel = "MODEL",
      description = "Export the best weights to MODEL/VERSION at the end.")
  private Path export;

  @Override
  public Integer call() throws IOException {
    new Runs(spec.commandLine().getOut(), plain, strict, Optional.ofNullable(export))
        .resume(run, overrides, Optional.ofNullable(data));
    return 0;
  }
}
