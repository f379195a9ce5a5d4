package dev.recal.tools.command;

import dev.recal.graphs.task.Study;
import dev.recal.tools.console.UsageException;
import dev.recal.tools.run.TrialRuns;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
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

  @Parameters(
      paramLabel = "RUN",
      description = "The directory of the run, or of a study or cross-validation.")
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
      description = "Directory of the run's data, if it was moved.")
  private Path data;

  @Mixin private RunOptions options = new RunOptions();

  @Mixin private WorkerOptions workers = new WorkerOptions();

  @Override
  public Integer call() throws IOException {
    PrintWriter writer = spec.commandLine().getOut();
    if (Study.isAt(run)) {
      if (!overrides.isEmpty() || data != null || !workers.isAbsent()) {
        throw new UsageException("resume: a study resumes with its own settings, in one process.");
      }
      return new TrialRuns(options.runs(writer)).resume(run) ? 0 : 1;
    }
    options
        .runs(writer)
        .with(workers.workers(writer))
        .resume(run, overrides, Optional.ofNullable(data));
    return 0;
  }
}
