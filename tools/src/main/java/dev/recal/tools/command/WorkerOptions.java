package dev.recal.tools.command;

import dev.recal.graphs.cluster.Cluster;
import dev.recal.graphs.cluster.ClusterWorkers;
import dev.recal.graphs.cluster.Workers;
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
      description = "Time after which a worker that does not take part is lost (default: 60).")
  private Double timeout;

  /** Returns the workers. */
  Workers workers(PrintWriter out) {
    String config = System.getenv(Cluster.TF_CONFIG);
    boolean absent = cluster == null && (config == null || config.isBlank());
    if (absent && (task != null || timeout != null)) {
      throw new UsageException(
          (task != null ? "--task" : "--worker-timeout")
              + ": expected --cluster too, or the environment variable TF_CONFIG.");
    }
    Optional<Cluster> described = described();
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
        });
  }

  /** Returns whether one process trains alone. */
  boolean isAbsent() {
    return described().isEmpty();
  }

  private Optional<Cluster> described() {
    if (cluster != null) {
      if (task == null) {
        throw new UsageException("--cluster: expected --task too.");
      }
      return UsageException.check(() -> Optional.of(Cluster.of(cluster, task)));
    }
    String config = System.getenv(Cluster.TF_CONFIG);
    return config == null || config.isBlank()
        ? Optional.empty()
        : UsageException.check(() -> Cluster.ofTfConfig(config));
  }
}
