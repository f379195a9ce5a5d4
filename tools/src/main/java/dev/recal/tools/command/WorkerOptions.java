package dev.recal.tools.command;

import dev.recal.graphs.cluster.Cluster;
import dev.recal.graphs.cluster.ClusterWorkers;
import dev.recal.graphs.cluster.Workers;
import dev.recal.tools.console.Failures;
import dev.recal.tools.console.UsageException;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.Optional;
import picocli.CommandLine.Option;

/** The options of commands that train with several workers. */
final class WorkerOptions {

  @Option(
      names = "--cluster",
      paramLabel = "HOST:PORT,…",
      description = {
        "Train with several workers, one process at each address; the same list for all (default:"
            + " the variable TF_CONFIG, if set).",
        "The connections are not encrypted and need no password: the ports must be reachable for"
            + " the workers only."
      })
  private String cluster;

  @Option(
      names = "--task",
      paramLabel = "N",
      description = "Which of the addresses is this process; 0 is the chief, which writes the run.")
  private Integer task;

  @Option(
      names = "--worker-timeout",
      paramLabel = "SECONDS",
      description =
          "Time that a step may take, after which a worker counts as lost (default: 300).")
  private Double timeout;

  /** Returns the workers. */
  Workers workers(PrintWriter out) {
    Optional<String> config = config();
    boolean absent = cluster == null && config.isEmpty();
    if (absent && (task != null || timeout != null)) {
      throw new UsageException(
          (task != null ? "--task" : "--worker-timeout")
              + ": expected --cluster too, or the environment variable TF_CONFIG.");
    }
    Optional<Cluster> described = described(config);
    if (described.isEmpty() || described.get().workers().size() == 1) {
      return Workers.single();
    }
    Cluster of =
        timeout == null
            ? described.get()
            : described.get().withTimeout(Duration.ofMillis(Math.round(timeout * 1e3)));
    return new ClusterWorkers(
        of,
        message -> {
          out.println(message);
          out.flush();
        },
        lost -> {
          // Training hangs in TensorFlow; checkpoints are whole whenever a process ends.
          System.err.println("recal: " + lost);
          System.err.flush();
          Runtime.getRuntime().halt(Failures.WORKER_LOST);
        });
  }

  /** Returns whether one process trains alone. */
  boolean isAbsent() {
    return described(config()).isEmpty();
  }

  private static Optional<String> config() {
    return Optional.ofNullable(System.getenv(Cluster.TF_CONFIG)).filter(text -> !text.isBlank());
  }

  private Optional<Cluster> described(Optional<String> config) {
    if (cluster != null) {
      if (task == null) {
        throw new UsageException("--cluster: expected --task too.");
      }
      return UsageException.check(() -> Optional.of(Cluster.of(cluster, task)));
    }
    return UsageException.check(() -> config.flatMap(Cluster::ofTfConfig));
  }
}
