package dev.recal.graphs.classification;

import dev.recal.graphs.cluster.Cluster;
import dev.recal.graphs.cluster.ClusterWorkers;
import dev.recal.graphs.cluster.WorkerLostException;
import dev.recal.graphs.training.LoopOptions;
import dev.recal.graphs.training.RecordingLog;
import dev.recal.graphs.training.StopSignal;
import dev.recal.graphs.training.TrainingLoop;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;

/** One worker of a run of a tiny network; ends with 75 if another one is lost. */
final class WorkerRun {

  private WorkerRun() {}

  private static void end(String lost) {
    System.out.println(lost);
    Runtime.getRuntime().halt(75);
  }

  /** Arguments: addresses, task, directory of the run, settings, timeout in seconds. */
  public static void main(String[] arguments) throws Exception {
    Cluster cluster =
        Cluster.of(arguments[0], Integer.parseInt(arguments[1]))
            .withTimeout(Duration.ofSeconds(Long.parseLong(arguments[4])));
    LoopOptions options =
        new LoopOptions(
            Map.of(),
            new StopSignal(),
            new ClusterWorkers(cluster, System.out::println, WorkerRun::end));
    int code = 0;
    try (Bench bench = new Bench()) {
      var plan = bench.plan(Path.of(arguments[2]), TinyNetwork.PLAIN, Bench.settings(arguments[3]));
      new TrainingLoop(plan, new RecordingLog(), options).resume();
    } catch (WorkerLostException lost) {
      System.out.println(lost.getMessage());
      code = 75;
    }
    // TensorFlow's server cannot be stopped.
    System.exit(code);
  }
}
