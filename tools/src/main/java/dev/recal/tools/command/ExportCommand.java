package dev.recal.tools.command;

import dev.recal.graphs.recipe.TrainingRun;
import dev.recal.graphs.weights.StoredNetwork;
import dev.recal.tools.console.CommandLineText;
import dev.recal.tools.console.UsageException;
import dev.recal.tools.run.RunExport;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code recal export}: a run becomes a SavedModel. */
@Command(
    name = "export",
    description = "Write a run's best weights, or imported ones, as a SavedModel.")
public final class ExportCommand implements Callable<Integer> {

  @Spec private CommandSpec spec;

  @Parameters(
      index = "0",
      paramLabel = "RUN",
      description = "A run's directory, or one that 'import' made.")
  private Path directory;

  @Parameters(
      index = "1",
      paramLabel = "MODEL",
      description = "MODEL/VERSION, or MODEL for its next free version.")
  private Path target;

  @Option(
      names = "--checkpoint",
      paramLabel = "DIR",
      description = "A checkpoint of the run; the best one by default.")
  private Path checkpoint;

  @Override
  public Integer call() throws IOException {
    if (StoredNetwork.isAt(directory)) {
      if (checkpoint != null) {
        throw new UsageException(
            "--checkpoint: imported weights have no checkpoints to choose from.");
      }
      return report(directory, RunExport.write(StoredNetwork.open(directory), target));
    }
    TrainingRun run = TrainingRun.open(directory);
    if (checkpoint != null && !Files.isDirectory(checkpoint)) {
      throw new UsageException(
          "--checkpoint: expected a checkpoint's directory, but there is no " + checkpoint + ".");
    }
    Path chosen =
        checkpoint != null
            ? checkpoint
            : run.checkpoints()
                .best()
                .orElseThrow(() -> new UsageException("RUN: " + directory + " has no checkpoint."));
    return report(chosen, RunExport.write(run, chosen, target));
  }

  private int report(Path from, Path version) {
    PrintWriter out = spec.commandLine().getOut();
    out.println("Exported " + from + " to " + version);
    out.println("Next: " + CommandLineText.of("predict " + version + " IMAGE..."));
    out.flush();
    return 0;
  }
}
