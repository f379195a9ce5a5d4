package dev.recal.tools.bench.workers;

import com.sun.management.OperatingSystemMXBean;
import dev.recal.graphs.classification.ClassificationSettings;
import dev.recal.graphs.classification.StepBench;
import dev.recal.graphs.cluster.Cluster;
import dev.recal.graphs.cluster.ClusterWorkers;
import dev.recal.graphs.training.Precision;
import dev.recal.graphs.training.SessionSettings;
import dev.recal.ops.Replicas;
import dev.recal.ops.collective.ExchangedReplicas;
import dev.recal.ops.runtime.CudaLibraries;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.proto.ConfigProto;

/**
 * One worker of the benchmark. It reads a line for each turn from stdin, {@code TURN REPEATS},
 * takes the turn together with the others, and answers with its seconds and those of all its
 * threads. It ends when stdin ends.
 */
final class BenchWorker implements AutoCloseable {

  private final ClusterWorkers workers;
  private final ExchangeGraphs exchanges;
  private final TcpRing ring;
  private final Map<Turn, StepBench> steps = new EnumMap<>(Turn.class);
  private final List<Shape> gradients;

  private BenchWorker(Gang.Member member) throws IOException {
    ClassificationSettings settings = settings(member);
    ConfigProto config = settings.session().config();
    this.workers =
        new ClusterWorkers(
            new Cluster(member.addresses(), member.task(), Gang.TIMEOUT), text -> {});
    workers.connect(config, () -> false);
    int stage = 1;
    this.gradients = gradients(member.subject(), settings);
    this.exchanges = new ExchangeGraphs(workers, config, gradients, stage);
    long floats = gradients.stream().mapToLong(Shape::size).sum();
    this.ring = TcpRing.connect(member.ringPorts(), member.task(), Math.toIntExact(floats));
    for (Turn turn : member.turns()) {
      if (turn.kind() == Turn.Kind.STEP) {
        stage++;
        steps.put(turn, step(member.subject(), settings, turn, stage));
      }
    }
  }

  private static ClassificationSettings settings(Gang.Member member) {
    SessionSettings session = new SessionSettings(Precision.FLOAT32, member.threads(), 1);
    return ClassificationSettings.defaults()
        .with(member.subject().batch(), session.precision())
        .withSession(session);
  }

  private static List<Shape> gradients(Subject subject, ClassificationSettings settings) {
    try (StepBench bench =
        new StepBench(subject.network(), settings, subject.size(), subject.size())) {
      return bench.gradients();
    }
  }

  private StepBench step(Subject subject, ClassificationSettings settings, Turn turn, int stage) {
    Replicas replicas =
        turn.exchange()
            .<Replicas>map(way -> new ExchangedReplicas(workers.replicas(stage), way))
            .orElse(Replicas.single());
    Shape size = Shape.of(subject.size(), subject.size());
    return new StepBench(subject.network(), settings, size, workers, replicas);
  }

  private String measure(Turn turn, int repeats) {
    if (repeats > 1) {
      // Short turns depend on what was in the caches.
      take(turn);
    }
    // All workers begin together.
    workers.sum(0);
    double cpu = cpuSeconds();
    long from = System.nanoTime();
    for (int i = 0; i < repeats; i++) {
      take(turn);
    }
    double seconds = (System.nanoTime() - from) / 1e9;
    return seconds + " " + (cpuSeconds() - cpu);
  }

  // Of all threads; NaN where the system does not tell.
  private static double cpuSeconds() {
    return ManagementFactory.getOperatingSystemMXBean() instanceof OperatingSystemMXBean system
        ? system.getProcessCpuTime() / 1e9
        : Double.NaN;
  }

  private void take(Turn turn) {
    if (turn == Turn.TCP) {
      ring.sum();
    } else if (turn.kind() == Turn.Kind.STEP) {
      steps.get(turn).train();
    } else {
      exchanges.run(turn);
    }
  }

  @Override
  public void close() throws IOException {
    steps.values().forEach(StepBench::close);
    exchanges.close();
    ring.close();
  }

  /** Takes turns until stdin ends. */
  public static void main(String[] arguments) throws IOException {
    PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
    int code = 0;
    CudaLibraries.load();
    try (BenchWorker worker = new BenchWorker(Gang.Member.parse(arguments));
        BufferedReader in =
            new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
      List<String> sizes = new ArrayList<>();
      worker.gradients.forEach(shape -> sizes.add(Long.toString(shape.size())));
      out.println("ready " + String.join(" ", sizes));
      for (String line = in.readLine(); line != null; line = in.readLine()) {
        String[] words = line.split(" ");
        out.println("took " + worker.measure(Turn.valueOf(words[0]), Integer.parseInt(words[1])));
      }
    } catch (IOException | RuntimeException failure) {
      System.err.println("recal: " + failure.getMessage());
      code = 1;
    }
    // TensorFlow's server cannot be stopped.
    System.exit(code);
  }
}
