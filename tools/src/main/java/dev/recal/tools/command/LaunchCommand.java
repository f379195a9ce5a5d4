package dev.recal.tools.command;

import dev.recal.tools.console.Bounds;
import dev.recal.tools.console.UsageException;
import dev.recal.tools.launch.Gpus;
import dev.recal.tools.launch.LaunchSettings;
import dev.recal.tools.launch.LaunchedTraining;
import dev.recal.tools.launch.Supervisor;
import dev.recal.tools.launch.TrainingArguments;
import dev.recal.tools.launch.WorkerCommand;
import dev.recal.tools.launch.WorkerOutput;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code recal launch}: trains with several worker processes on this machine. */
@Command(
    name = "launch",
    description = {
      "Train with several worker processes on this machine, and restart all of them from the newest"
          + " checkpoint when one is lost."
    },
    footer = {
      "",
      "Examples:",
      "  recal launch --workers 2 -- train cifar10-srm --out runs/srm",
      "  recal launch --workers 4 --min-workers 2 --restarts 5 -- resume runs/srm",
      "",
      "Exit codes: 0 done, 1 or 2 a failure that a restart cannot fix, 75 no restarts left."
    })
public final class LaunchCommand implements Callable<Integer> {

  private static final Duration SETTLE = Duration.ofSeconds(2);
  private static final String NONE = "none";

  @Spec private CommandSpec spec;

  @Option(
      names = "--workers",
      paramLabel = "N",
      required = true,
      description = "Number of worker processes, which share the recipe's batch.")
  private int workers;

  @Option(
      names = "--restarts",
      paramLabel = "N",
      defaultValue = "3",
      description =
          "Maximum number of restarts in a row without a new checkpoint (${DEFAULT-VALUE}).")
  private int restarts;

  @Option(
      names = "--min-workers",
      paramLabel = "N",
      description =
          "Minimum number of workers: one that is lost twice in a row without a new checkpoint is"
              + " not started again (default: --workers).")
  private Integer minWorkers;

  @Option(
      names = "--worker-timeout",
      paramLabel = "SECONDS",
      description = "How long a worker waits for the others (default: that of train).")
  private Integer workerTimeout;

  @Option(
      names = "--grace",
      paramLabel = "SECONDS",
      defaultValue = "30",
      description =
          "How long a worker may take to end when asked to, before it is killed"
              + " (${DEFAULT-VALUE}).")
  private int grace;

  @Option(
      names = "--gpus",
      paramLabel = "GPU,…|none",
      split = ",",
      description =
          "GPUs by number or UUID, shared out among the workers, or 'none' to hide them (default:"
              + " those that TensorFlow would use).")
  private List<String> gpus = new ArrayList<>();

  @Parameters(
      arity = "1..*",
      paramLabel = "TRAINING",
      description = "'train' or 'resume' with its arguments, after '--'.")
  private List<String> training;

  @Override
  public Integer call() throws IOException, InterruptedException {
    Bounds.requireAtLeast("--grace", grace, 0);
    LaunchSettings settings =
        UsageException.check(
            () ->
                new LaunchSettings(
                    workers,
                    minWorkers == null ? workers : minWorkers,
                    restarts,
                    workerTimeout == null ? OptionalInt.empty() : OptionalInt.of(workerTimeout),
                    Duration.ofSeconds(grace),
                    SETTLE));
    Gpus shares = UsageException.check(this::shares);
    LaunchedTraining launched =
        new TrainingArguments(spec.root().commandLine().getSubcommands(), workers).read(training);
    requireDivisible(launched.batch());
    return supervise(
        new Supervisor(
            settings,
            launched,
            WorkerCommand.words(),
            shares,
            new WorkerOutput(System.out, System.err)));
  }

  private Gpus shares() {
    if (gpus.equals(List.of(NONE))) {
      return Gpus.hidden(workers);
    }
    List<String> shared = gpus.isEmpty() ? Gpus.used() : gpus;
    return shared.isEmpty() ? Gpus.untouched() : Gpus.shared(shared, workers);
  }

  private void requireDivisible(OptionalInt batch) {
    if (batch.isPresent() && batch.getAsInt() % workers != 0) {
      throw new UsageException(
          "--workers: expected a divisor of the recipe's batch size, "
              + batch.getAsInt()
              + ", but got "
              + workers
              + ".");
    }
  }

  private static int supervise(Supervisor supervisor) throws IOException, InterruptedException {
    Thread stop = new Thread(supervisor::stop, "recal-launch-stop");
    Runtime.getRuntime().addShutdownHook(stop);
    int code = supervisor.run();
    try {
      Runtime.getRuntime().removeShutdownHook(stop);
    } catch (IllegalStateException ending) {
      // This process is ending, and the hook waits for the workers.
    }
    return code;
  }
}
