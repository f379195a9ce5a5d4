package dev.recal.tools.launch;

import dev.recal.ops.Counted;
import dev.recal.ops.runtime.Device;
import dev.recal.tools.console.Failures;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.stream.Collectors;

/**
 * Keeps the workers of one training running. A lost worker ends all of them, since TensorFlow
 * accepts no replacement into a running cluster; then all start again, with new ports, from the
 * newest checkpoint.
 */
public final class Supervisor {

  // Those of TensorFlow, where the recipe does not set them.
  private static final List<String> THREADS =
      List.of("TF_NUM_INTRAOP_THREADS", "TF_NUM_INTEROP_THREADS");

  private static final String CLUSTER_VARIABLE = "TF_CONFIG";

  // Docker and Kubernetes kill after 10 and 30 seconds; a worker's own limit is 25.
  private static final Duration STOP_GRACE = Duration.ofSeconds(28);
  private static final int STOPPED = 143;

  private final LaunchSettings settings;
  private final LaunchedTraining training;
  private final List<String> program;
  private final Gpus gpus;
  private final WorkerOutput output;
  private final RestartPolicy policy;

  // Guarded by this.
  private Optional<Gang> gang = Optional.empty();
  private boolean stopped;

  /**
   * A supervisor of workers that have not been started.
   *
   * @param settings how many workers, restarts and seconds
   * @param training what the workers are told
   * @param program the words that start this program, before the arguments
   * @param gpus what each worker sees of them
   * @param output gets what the workers print
   */
  public Supervisor(
      LaunchSettings settings,
      LaunchedTraining training,
      List<String> program,
      Gpus gpus,
      WorkerOutput output) {
    this.settings = Objects.requireNonNull(settings, "settings");
    this.training = Objects.requireNonNull(training, "training");
    this.program = List.copyOf(program);
    this.gpus = Objects.requireNonNull(gpus, "gpus");
    this.output = Objects.requireNonNull(output, "output");
    this.policy = new RestartPolicy(settings, training.batch());
  }

  /**
   * Trains until the workers are done, or a restart does not help.
   *
   * @return the exit code: 0; that of a worker whose failure a restart cannot fix; 75 when the
   *     restarts are used up
   * @throws IOException if workers cannot be started or the run cannot be read
   */
  public int run() throws IOException, InterruptedException {
    while (true) {
      OptionalLong before = training.newestStep();
      Optional<Gang> started = start();
      if (started.isEmpty()) {
        return STOPPED;
      }
      Optional<WorkerExit> failed = started.get().await(settings.settle(), settings.grace());
      if (failed.isPresent() && failed.get().isInterrupt()) {
        // Ctrl-C reaches the workers and this process at the same time.
        Thread.sleep(settings.settle().toMillis());
      }
      if (isStopped()) {
        return STOPPED;
      }
      failed.ifPresent(
          exit ->
              output.message(
                  exit.text()
                      + (policy.places().size() > 1 ? "; stopping the other workers." : ".")));
      List<Integer> killed = started.get().end(settings.grace());
      killed.forEach(
          worker ->
              output.message(
                  "Worker "
                      + worker
                      + " did not end within "
                      + settings.grace().toSeconds()
                      + " s and was killed."));
      if (failed.isEmpty()) {
        return 0;
      }
      WorkerExit exit = failed.get();
      if (exit.isFinal()) {
        output.message(
            "A restart cannot fix this failure; see the message of worker " + exit.worker() + ".");
        return exit.code();
      }
      if (!isRestarted(exit, killed, before)) {
        return Failures.WORKER_LOST;
      }
    }
  }

  private boolean isRestarted(WorkerExit exit, List<Integer> killed, OptionalLong before)
      throws IOException {
    OptionalLong after = training.newestStep();
    boolean progress = after.orElse(-1) > before.orElse(-1);
    int workers = policy.places().size();
    if (!policy.lost(blamed(exit, killed), progress)) {
      output.message(
          "Giving up after "
              + Counted.of(settings.restarts(), "restart")
              + " without a new checkpoint.");
      return false;
    }
    int now = policy.places().size();
    if (now < workers) {
      output.message(
          "Continuing with "
              + now
              + " instead of "
              + Counted.of(workers, "worker")
              + " because worker "
              + blamed(exit, killed).orElseThrow()
              + " was lost twice; the batch size and the schedule do not change.");
    }
    output.message(
        "Restarting "
            + Counted.of(now, "worker")
            + (after.isPresent()
                ? " from the checkpoint at step " + after.getAsLong()
                : " from the first step")
            + (policy.restarts() == 0
                ? "."
                : " (restart " + policy.restarts() + " of " + settings.restarts() + ")."));
    return true;
  }

  // Where all others only lost the cluster, one that is stuck is to blame.
  private static OptionalInt blamed(WorkerExit exit, List<Integer> killed) {
    if (!exit.isConsequence()) {
      return OptionalInt.of(exit.worker());
    }
    return killed.size() == 1 ? OptionalInt.of(killed.get(0)) : OptionalInt.empty();
  }

  private synchronized Optional<Gang> start() throws IOException {
    if (stopped) {
      return Optional.empty();
    }
    List<Integer> places = policy.places();
    List<String> arguments = training.arguments();
    String cluster =
        FreePorts.choose(places.size()).stream()
            .map(port -> "127.0.0.1:" + port)
            .collect(Collectors.joining(","));
    gang =
        Optional.of(
            Gang.start(
                places.size(),
                worker ->
                    WorkerProcess.start(
                        worker,
                        command(arguments, cluster, worker, places.size()),
                        environment(places.get(worker), places.size()),
                        output)));
    return gang;
  }

  private List<String> command(List<String> arguments, String cluster, int worker, int workers) {
    List<String> command = new ArrayList<>(program);
    command.addAll(arguments);
    if (workers == 1) {
      // It needs no server.
      return command;
    }
    command.addAll(List.of("--cluster", cluster, "--task", Integer.toString(worker)));
    settings
        .workerTimeoutSeconds()
        .ifPresent(
            timeout -> command.addAll(List.of("--worker-timeout", Integer.toString(timeout))));
    return command;
  }

  private Map<String, String> environment(int place, int workers) {
    Map<String, String> environment = new HashMap<>();
    environment.put(LauncherWatch.VARIABLE, Long.toString(ProcessHandle.current().pid()));
    environment.put(CLUSTER_VARIABLE, "");
    // All workers run the classes that the first ones ran; see the script recal.
    environment.put("RECAL_BUILD", "0");
    int threads = Math.max(1, Runtime.getRuntime().availableProcessors() / workers);
    THREADS.stream()
        .filter(name -> System.getenv(name) == null)
        .forEach(name -> environment.put(name, Integer.toString(threads)));
    Optional.ofNullable(System.getProperty(Device.PROPERTY))
        .ifPresent(device -> environment.put(Device.VARIABLE, device));
    gpus.share(place).ifPresent(share -> environment.put(Gpus.VARIABLE, share));
    return environment;
  }

  private synchronized boolean isStopped() {
    return stopped;
  }

  /** Ends all workers, and starts no others; called when this process is told to end. */
  public void stop() {
    Optional<Gang> running;
    synchronized (this) {
      stopped = true;
      running = gang;
    }
    try {
      if (running.isPresent()) {
        running.get().end(STOP_GRACE);
      }
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
