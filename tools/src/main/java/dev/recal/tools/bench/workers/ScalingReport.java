package dev.recal.tools.bench.workers;

import dev.recal.tools.console.Table;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.BiFunction;
import java.util.function.ToDoubleBiFunction;
import java.util.function.ToIntFunction;

/** What {@link ScalingModel} predicts for some networks, devices and links. */
public final class ScalingReport {

  /** Of a message of TensorFlow's collectives over loopback; see docs/scaling.md. */
  public static final double LATENCY_MICROSECONDS = 340;

  /** Per byte that a worker sends, on one core; see docs/scaling.md. */
  public static final double COPYING_NANOSECONDS = 1.8;

  private static final double BUCKET = 16 << 20;
  private static final double GIGABIT = 1.25e8;
  private static final int[] GIGABITS = {1, 10, 25, 100};
  private static final int[] WORKERS = {1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024};
  private static final double GPU_OVERLAP = 2.0 / 3;

  // Two cores: docs/benchmarks.md. A GPU: round numbers, to show how a fast device shifts the
  // limit.
  private static final List<Case> CASES =
      List.of(
          new Case("ResNet-20, CPU", 272_474, 128, 2.4e-3, 0, 0, 21),
          new Case("ResNet-50, CPU", 25_557_032, 16, 0.109, 0, 0, 53),
          new Case("SRM-ResNet-50, CPU", 25_617_448, 16, 0.117, 0, 0, 69),
          new Case("Mask R-CNN, CPU", 44_400_000, 1, 8.2, 0, 0, 0),
          new Case("ResNet-20, GPU", 272_474, 128, 3e-5, 5e-3, GPU_OVERLAP, 21),
          new Case("ResNet-50, GPU", 25_557_032, 64, 1e-3, 5e-3, GPU_OVERLAP, 53),
          new Case("SRM-ResNet-50, GPU", 25_617_448, 64, 1.1e-3, 5e-3, GPU_OVERLAP, 69),
          new Case("Mask R-CNN, GPU", 44_400_000, 2, 0.05, 0.02, GPU_OVERLAP, 0));

  private ScalingReport() {}

  private record Case(
      String name,
      long parameters,
      int batch,
      double secondsPerImage,
      double secondsPerStep,
      double overlap,
      int norms) {

    ScalingModel model(RingCost ring) {
      return new ScalingModel(
          ring,
          (double) Float.BYTES * parameters,
          BUCKET,
          secondsPerStep,
          secondsPerImage,
          overlap,
          0);
    }

    // The global batch with a fixed batch of all workers: that of 32 with a fixed batch of each.
    int globalBatch() {
      return 32 * batch;
    }
  }

  /** Prints the tables of docs/scaling.md. */
  public static void print(PrintWriter out, RingCost ring) {
    out.println("Step in ms, with a fixed batch per worker.");
    table(
        out,
        ring,
        one -> one.batch(),
        (one, workers) -> one.batch(),
        (one, model) -> List.of(model.weakLimit(one.batch())),
        ">half up to");
    out.println();
    out.println("Step in ms, with a fixed batch of all workers.");
    table(
        out,
        ring,
        Case::globalBatch,
        (one, workers) -> one.globalBatch() / workers,
        (one, model) ->
            List.of(model.strongLimit(one.globalBatch()), model.fastest(one.globalBatch())),
        ">half up to",
        ">fastest");
    out.println();
    out.println(
        "Half up to: the number of workers up to which the speed is at least half of as many times"
            + " that of one.");
    out.println();
    synchronised(out, ring);
    out.flush();
  }

  private static void table(
      PrintWriter out,
      RingCost ring,
      ToIntFunction<Case> batch,
      ToDoubleBiFunction<Case, Double> images,
      BiFunction<Case, ScalingModel, List<Integer>> limit,
      String... limits) {
    List<String> columns = new ArrayList<>(List.of("", ">batch", ">Gbit/s"));
    for (int workers : WORKERS) {
      columns.add(">" + workers);
    }
    columns.addAll(List.of(limits));
    Table table = Table.of(columns.toArray(String[]::new));
    for (Case one : CASES) {
      for (int gigabits : GIGABITS) {
        ScalingModel model = one.model(ring.over(gigabits * GIGABIT));
        List<String> cells = new ArrayList<>();
        cells.add(one.name());
        cells.add(Integer.toString(batch.applyAsInt(one)));
        cells.add(Integer.toString(gigabits));
        for (int workers : WORKERS) {
          double own = images.applyAsDouble(one, (double) workers);
          cells.add(own < 1 ? "" : milliseconds(model.step(workers, own)));
        }
        limit.apply(one, model).forEach(number -> cells.add(Integer.toString(number)));
        table.row(cells.toArray(String[]::new));
      }
    }
    table.print(out);
  }

  private static void synchronised(PrintWriter out, RingCost ring) {
    out.println("Added by batch statistics over all workers, in ms; independent of the link.");
    List<String> columns = new ArrayList<>(List.of("", ">norms", ">collectives"));
    for (int workers : WORKERS) {
      columns.add(">" + workers);
    }
    Table table = Table.of(columns.toArray(String[]::new));
    for (Case one : CASES) {
      if (one.norms() > 0 && one.overlap() == 0) {
        ScalingModel local = one.model(ring);
        ScalingModel all = local.withSynchronisedNorms(one.norms());
        List<String> cells = new ArrayList<>();
        cells.add(one.name().replace(", CPU", ""));
        cells.add(Integer.toString(one.norms()));
        cells.add(Integer.toString(2 * one.norms()));
        for (int workers : WORKERS) {
          cells.add(milliseconds(all.step(workers, 1) - local.step(workers, 1)));
        }
        table.row(cells.toArray(String[]::new));
      }
    }
    table.print(out);
  }

  private static String milliseconds(double seconds) {
    return String.format(Locale.ROOT, seconds < 0.01 ? "%.1f" : "%.0f", 1e3 * seconds);
  }
}
