package dev.recal.tools.bench.workers;

import dev.recal.ops.Arguments;
import dev.recal.ops.collective.CollectiveSettings;
import dev.recal.tools.bench.Medians;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** Measures the exchange of gradients between workers on one machine, in alternation. */
public final class WorkersBench {

  // So many seconds of short turns are measured together.
  private static final double TURN_SECONDS = 1;
  private static final int MAX_IN_A_ROW = 50;

  private WorkersBench() {}

  /**
   * A measurement.
   *
   * @param subject the network
   * @param workers the number of processes
   * @param threads of TensorFlow in each
   * @param gradients the number of elements of each gradient
   * @param seconds of every turn, of the slowest worker, by round
   * @param cpuSeconds of every turn, of all threads of all workers, by round
   */
  public record Result(
      Subject subject,
      int workers,
      int threads,
      List<Long> gradients,
      Map<Turn, double[]> seconds,
      Map<Turn, double[]> cpuSeconds) {

    /** Returns the bytes of the gradients. */
    public long bytes() {
      return Float.BYTES * gradients.stream().mapToLong(Long::longValue).sum();
    }

    /** Returns the median seconds of a turn. */
    public double median(Turn turn) {
      return Medians.of(seconds.get(turn));
    }

    /** Returns the median CPU seconds of a turn, of all workers together. */
    public double cpu(Turn turn) {
      return Medians.of(cpuSeconds.get(turn));
    }

    /** Returns the shortest seconds of a turn. */
    public double minimum(Turn turn) {
      return Arrays.stream(seconds.get(turn)).min().orElseThrow();
    }

    /**
     * Returns what the bytes cost: the faster of one vector and several vectors that are in memory,
     * in seconds.
     */
    public double floor() {
      return Math.min(median(Turn.VECTOR), median(Turn.VECTORS));
    }

    /** Returns what a cost model is fitted to, of the exchanges that take their vectors in turn. */
    public List<RingCost.Sample> samples() {
      long bucket = CollectiveSettings.defaults().bucketBytes();
      int buckets = (int) ((bytes() + bucket - 1) / bucket);
      return List.of(
          new RingCost.Sample(workers, 1, Float.BYTES, median(Turn.NUMBER)),
          new RingCost.Sample(workers, 1, bytes(), median(Turn.VECTOR)),
          new RingCost.Sample(workers, buckets, bytes(), median(Turn.VECTORS)),
          new RingCost.Sample(workers, buckets, bytes(), median(Turn.EXCHANGE_OVERLAPPED)));
    }

    /**
     * Returns by how much a step is longer than one in which workers only wait for each other: the
     * median over rounds. The one number that they exchange there counts as exchange.
     */
    public double overhead(Turn step) {
      return median(Turn.NUMBER) + difference(seconds.get(step), seconds.get(Turn.STEP_BARRIER));
    }

    /** Returns the same in CPU seconds of all workers together. */
    public double cpuOverhead(Turn step) {
      return cpu(Turn.NUMBER) + difference(cpuSeconds.get(step), cpuSeconds.get(Turn.STEP_BARRIER));
    }

    private static double difference(double[] with, double[] without) {
      double[] differences = new double[with.length];
      for (int i = 0; i < with.length; i++) {
        differences[i] = with[i] - without[i];
      }
      return Medians.of(differences);
    }
  }

  /**
   * Measures one network with one number of workers.
   *
   * @param threads of each worker
   * @param warmUp the number of warm-up rounds, at least 1
   * @param rounds the number of measured rounds
   * @throws IOException if a worker fails
   */
  public static Result run(
      Subject subject, int workers, int threads, List<Turn> turns, int warmUp, int rounds)
      throws IOException {
    Arguments.atLeast(1, "warmUp", warmUp);
    Map<Turn, Integer> inARow = new EnumMap<>(Turn.class);
    Map<Turn, double[]> seconds = new EnumMap<>(Turn.class);
    Map<Turn, double[]> cpu = new EnumMap<>(Turn.class);
    try (Gang gang = new Gang(workers, threads, subject, turns)) {
      for (Turn turn : turns) {
        // The first run optimises the graph.
        gang.measure(turn, 1);
        double last = 0;
        for (int i = 0; i < warmUp; i++) {
          last = gang.measure(turn, 1).elapsed();
        }
        inARow.put(
            turn, (int) Math.max(1, Math.min(MAX_IN_A_ROW, Math.round(TURN_SECONDS / last))));
        seconds.put(turn, new double[rounds]);
        cpu.put(turn, new double[rounds]);
      }
      for (int round = 0; round < rounds; round++) {
        // Back and forth, so that no turn always follows the same one.
        List<Turn> order = new ArrayList<>(turns);
        if (round % 2 == 1) {
          Collections.reverse(order);
        }
        for (Turn turn : order) {
          Gang.Seconds taken = gang.measure(turn, inARow.get(turn));
          seconds.get(turn)[round] = taken.elapsed();
          cpu.get(turn)[round] = taken.cpu();
        }
      }
      return new Result(subject, workers, threads, gang.gradients(), seconds, cpu);
    }
  }
}
