package dev.recal.tools.command;

import com.google.gson.JsonArray;
import dev.recal.tools.bench.workers.RingCost;
import dev.recal.tools.bench.workers.ScalingReport;
import dev.recal.tools.bench.workers.Subject;
import dev.recal.tools.bench.workers.Turn;
import dev.recal.tools.bench.workers.WorkersBench;
import dev.recal.tools.bench.workers.WorkersBench.Result;
import dev.recal.tools.bench.workers.WorkersReport;
import dev.recal.tools.console.Bounds;
import dev.recal.tools.console.Json;
import dev.recal.tools.console.UsageException;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code recal bench workers}: the exchange of gradients between processes of this machine. */
@Command(
    name = "workers",
    description = {
      "Benchmark the exchange of gradients between several workers on this machine, in alternation.",
      "Compares fused, bucketed, overlapped and separate exchange, alone and in training steps,"
          + " with what the bytes alone cost."
    })
public final class BenchWorkersCommand implements Callable<Integer> {

  @Spec private CommandSpec spec;

  @Option(
      names = "--workers",
      split = ",",
      paramLabel = "N",
      description = "Numbers of workers (default: 2,3).")
  private List<Integer> workers = List.of(2, 3);

  @Option(
      names = "--networks",
      split = ",",
      paramLabel = "NAME[:BATCH[:SIZE]]",
      description =
          "Networks, with the images of each worker and their size in pixels (default:"
              + " resnet20-cifar:64:32,resnet50:8:224).")
  private List<String> networks = List.of("resnet20-cifar", "resnet50");

  @Option(
      names = "--threads",
      paramLabel = "N",
      description = "TensorFlow's threads in each worker (default: cores / workers).")
  private Integer threads;

  @Option(
      names = "--exchange-only",
      description = "Measure the exchange alone, without training steps.")
  private boolean exchangeOnly;

  @Option(
      names = "--model",
      description =
          "Measure nothing; print the step times of 2 to 1024 workers that a cost model predicts.")
  private boolean model;

  @Option(
      names = "--latency",
      paramLabel = "MICROSECONDS",
      description = "Of a message, for --model (${DEFAULT-VALUE}).")
  private double latency = ScalingReport.LATENCY_MICROSECONDS;

  @Option(
      names = "--copying",
      paramLabel = "NANOSECONDS",
      description = "Time per byte that a worker sends, for --model (${DEFAULT-VALUE}).")
  private double copying = ScalingReport.COPYING_NANOSECONDS;

  @Mixin private RepeatOptions repeats = new RepeatOptions(7, 1);

  @Option(names = "--json", description = "Print JSON.")
  private boolean json;

  @Override
  public Integer call() throws IOException {
    repeats.check();
    if (model) {
      Bounds.requireWithin("--latency", latency, 0, 1e6);
      Bounds.requireWithin("--copying", copying, 0, 1e6);
      ScalingReport.print(
          spec.commandLine().getOut(),
          new RingCost(latency / 1e6, Double.POSITIVE_INFINITY, copying / 1e9));
      return 0;
    }
    Bounds.requireAtLeast("--warm-up", repeats.warmUp(), 1);
    workers.forEach(number -> Bounds.requireWithin("--workers", number, 2, 64));
    if (threads != null) {
      Bounds.requireAtLeast("--threads", threads, 1);
    }
    List<Subject> subjects =
        UsageException.check(() -> networks.stream().map(Subject::parse).toList());
    List<Turn> turns =
        Stream.of(Turn.values())
            .filter(turn -> !exchangeOnly || turn.kind() != Turn.Kind.STEP)
            .toList();
    PrintWriter out = spec.commandLine().getOut();
    List<Result> results = new ArrayList<>();
    for (Subject subject : subjects) {
      for (int number : workers) {
        Result result =
            WorkersBench.run(
                subject, number, threads(number), turns, repeats.warmUp(), repeats.repeats());
        results.add(result);
        if (!json) {
          WorkersReport.print(out, result);
        }
      }
    }
    if (json) {
      JsonArray rows = new JsonArray();
      results.forEach(result -> rows.add(WorkersReport.json(result)));
      Json.print(out, rows);
    } else {
      out.println(
          "Medians and minima of the slowest worker. The bytes: the faster of the rows of vectors in"
              + " memory. Overhead: the median difference to the step in which workers only wait for"
              + " each other, and one number; its bytes: the step with one vector of as many bytes.");
      out.println();
      WorkersReport.printFit(out, results);
    }
    out.flush();
    return 0;
  }

  private int threads(int number) {
    return threads != null
        ? threads
        : Math.max(1, Runtime.getRuntime().availableProcessors() / number);
  }
}
