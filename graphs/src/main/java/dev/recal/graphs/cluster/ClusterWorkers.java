package dev.recal.graphs.cluster;

import dev.recal.ops.collective.CollectiveSettings;
import dev.recal.ops.collective.ReplicaGroup;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.tensorflow.Graph;
import org.tensorflow.Session;
import org.tensorflow.exceptions.TensorFlowException;
import org.tensorflow.proto.ConfigProto;

/**
 * The workers of a cluster, through TensorFlow's gRPC servers. At most one per process, which it
 * lives as long as.
 *
 * <p>Keys of collective operations stay known to the process, so the graph of each stage has its
 * own.
 */
public final class ClusterWorkers implements Workers {

  private static final Duration LONGEST_START = Duration.ofMinutes(10);
  private static final int TRAINING_GROUP = 1;
  private static final int EXCHANGE_GROUP = 2;
  // The keys below are those of the exchange.
  private static final int FIRST_KEY = 100;
  private static final int KEYS = 1_000_000;

  private final Cluster cluster;
  private final Consumer<String> messages;
  private final Reachability reachability;
  private final WorkerWatch watch;
  private WorkerServer server;
  private Exchange exchange;

  /**
   * The workers of a cluster; {@link #connect} starts this one.
   *
   * @param messages gets sentences for people: for whom this worker waits
   */
  public ClusterWorkers(Cluster cluster, Consumer<String> messages) {
    this(cluster, messages, lost -> {});
  }

  /**
   * The workers of a cluster. The loss of one is noticed within about ten seconds, and that one
   * hangs within the timeout.
   *
   * @param messages gets sentences for people: for whom this worker waits
   * @param lost is called, by another thread, with a sentence for people if another worker cannot
   *     be reached. Training may stay blocked until the timeout of its step: end the process, as if
   *     it was killed
   */
  public ClusterWorkers(Cluster cluster, Consumer<String> messages, Consumer<String> lost) {
    this.cluster = cluster;
    this.messages = messages;
    this.reachability = new Reachability(cluster);
    this.watch =
        new WorkerWatch(
            reachability, cluster.timeout(), missing -> lost.accept(text(reason(missing))));
  }

  @Override
  public int size() {
    return cluster.workers().size();
  }

  @Override
  public int index() {
    return cluster.task();
  }

  @Override
  public void connect(ConfigProto config, BooleanSupplier stops) {
    if (server != null) {
      return;
    }
    try {
      server = WorkerServer.start(cluster.workers(), cluster.task(), config);
    } catch (TensorFlowException failure) {
      throw new IllegalArgumentException(
          "Worker "
              + cluster.task()
              + " cannot listen at the port of "
              + cluster.workers().get(cluster.task())
              + "; is the port in use? "
              + failure.getMessage(),
          failure);
    }
    reachability.await(LONGEST_START, messages, stops);
    exchange = Exchange.open(group(EXCHANGE_GROUP, 1), graph -> open(graph, config));
    try {
      exchange.sum(new double[] {1}, LONGEST_START);
    } catch (TensorFlowException failure) {
      throw explained(failure);
    }
    watch.start();
  }

  private ReplicaGroup group(int key, int firstKey) {
    CollectiveSettings settings =
        CollectiveSettings.defaults().withGroupKey(key).withFirstKey(firstKey);
    return ReplicaGroup.of(size(), index(), WorkerServer.JOB + index() + "/device:CPU:0", settings);
  }

  @Override
  public ReplicaGroup replicas(int stage) {
    return group(TRAINING_GROUP, Math.addExact(FIRST_KEY, Math.multiplyExact(KEYS, stage)));
  }

  @Override
  public Session open(Graph graph, ConfigProto config) {
    watch.disarm();
    // Of a whole run: TensorFlow would start a thread for each collective with a timeout. The first
    // step may take long; the watch knows the others.
    long longest = cluster.timeout().plus(LONGEST_START).toMillis();
    return server.open(graph, config.toBuilder().setOperationTimeoutInMs(longest).build());
  }

  @Override
  public void stepped() {
    watch.stepped();
  }

  @Override
  public double[] sum(double... values) {
    try {
      double[] sums = exchange.sum(values, cluster.timeout());
      watch.met();
      return sums;
    } catch (TensorFlowException failure) {
      throw explained(failure);
    }
  }

  @Override
  public void byChief(Work work) throws IOException {
    if (isChief()) {
      try (Heartbeat beat = new Heartbeat(this, pause())) {
        work.run();
        beat.succeeded();
      }
      return;
    }
    double state;
    do {
      state = sum(0)[0];
    } while (state == Heartbeat.WORKING);
    if (state != Heartbeat.DONE) {
      throw new WorkerLostException(
          "Worker 0, the chief, failed; its own message says why. Start all workers again to resume"
              + " from the last checkpoint.",
          null);
    }
  }

  // Several beats within the others' timeout.
  private Duration pause() {
    Duration quarter = cluster.timeout().dividedBy(4);
    Duration second = Duration.ofSeconds(1);
    return quarter.compareTo(second) < 0 ? quarter : second;
  }

  @Override
  public RuntimeException explained(RuntimeException failure) {
    if (!(failure instanceof TensorFlowException) || !isAboutOthers(failure)) {
      return failure;
    }
    return new WorkerLostException(text(reason(reachability.lost())), failure);
  }

  private String reason(List<String> missing) {
    return missing.isEmpty()
        ? "a worker did not take part within the timeout of "
            + cluster.timeout().toSeconds()
            + " s: it hangs, is much slower than the others, or has just ended"
        : String.join(", ", missing) + " cannot be reached";
  }

  private String text(String reason) {
    return "Training with "
        + size()
        + " workers stops: "
        + reason
        + ". Start all workers again to resume from the last checkpoint.";
  }

  // TensorFlow Java has one class for most codes.
  private static boolean isAboutOthers(RuntimeException failure) {
    String text = Optional.ofNullable(failure.getMessage()).orElse("");
    return List.of(
            "ollective",
            "imed out",
            "ncarnation",
            "RecvBuf",
            "failed to connect",
            "Connection refused",
            "Connection reset",
            "Socket closed",
            "Broken pipe",
            "DEADLINE_EXCEEDED",
            "Deadline Exceeded",
            "UNAVAILABLE",
            "GrpcWorker",
            "recvmsg")
        .stream()
        .anyMatch(text::contains);
  }
}
