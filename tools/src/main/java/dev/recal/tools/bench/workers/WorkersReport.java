package dev.recal.tools.bench.workers;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import dev.recal.tools.bench.workers.WorkersBench.Result;
import dev.recal.tools.console.Table;
import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;

/** The measurement as tables and as JSON. */
public final class WorkersReport {

  private static final double MEGABYTE = 1e6;

  private WorkersReport() {}

  /** Prints a table. */
  public static void print(PrintWriter out, Result result) {
    out.println(
        String.format(
            Locale.ROOT,
            "%s, %d workers of %d threads, batch %d of %d×%d pixels each, %.1f MB in %d gradients",
            result.subject().name(),
            result.workers(),
            result.threads(),
            result.subject().batch(),
            result.subject().size(),
            result.subject().size(),
            result.bytes() / MEGABYTE,
            result.gradients().size()));
    Table table =
        Table.of(
            "",
            ">ms",
            ">min",
            ">CPU",
            ">of the bytes",
            ">overhead ms",
            ">of the bytes",
            ">overhead CPU",
            ">of the bytes");
    for (Turn turn : result.seconds().keySet()) {
      boolean step = turn.kind() == Turn.Kind.STEP;
      boolean exchanged = step && turn.exchanges();
      table.row(
          (step ? "step, " : "") + turn.title(),
          milliseconds(result.median(turn)),
          milliseconds(result.minimum(turn)),
          milliseconds(result.cpu(turn)),
          step || turn == Turn.NUMBER ? "" : ratio(result.median(turn) / result.floor()),
          exchanged ? milliseconds(result.overhead(turn)) : "",
          exchanged ? ratio(result.overhead(turn) / result.overhead(Turn.STEP_BYTES)) : "",
          exchanged ? milliseconds(result.cpuOverhead(turn)) : "",
          exchanged ? ratio(result.cpuOverhead(turn) / result.cpuOverhead(Turn.STEP_BYTES)) : "");
    }
    table.print(out);
    out.println();
    out.flush();
  }

  /** Returns a result as JSON. */
  public static JsonObject json(Result result) {
    JsonObject object = new JsonObject();
    object.addProperty("network", result.subject().name());
    object.addProperty("batch", result.subject().batch());
    object.addProperty("size", result.subject().size());
    object.addProperty("workers", result.workers());
    object.addProperty("threads", result.threads());
    object.addProperty("bytes", result.bytes());
    object.addProperty("gradients", result.gradients().size());
    object.addProperty("floorSeconds", result.floor());
    JsonArray turns = new JsonArray();
    result
        .seconds()
        .forEach(
            (turn, seconds) -> {
              JsonObject row = new JsonObject();
              row.addProperty("turn", turn.name().toLowerCase(Locale.ROOT));
              row.addProperty("median", result.median(turn));
              row.addProperty("minimum", result.minimum(turn));
              row.addProperty("cpu", result.cpu(turn));
              if (turn.kind() == Turn.Kind.STEP && turn.exchanges()) {
                row.addProperty("overhead", result.overhead(turn));
                row.addProperty("cpuOverhead", result.cpuOverhead(turn));
              }
              JsonArray rounds = new JsonArray();
              for (double value : seconds) {
                rounds.add(value);
              }
              row.add("seconds", rounds);
              turns.add(row);
            });
    object.add("turns", turns);
    return object;
  }

  /** Prints the costs that fit measurements, and the times that they predict. */
  public static void printFit(PrintWriter out, List<Result> results) {
    List<RingCost.Sample> samples = results.stream().flatMap(r -> r.samples().stream()).toList();
    RingCost fitted = RingCost.fitted(samples);
    out.println(
        String.format(
            Locale.ROOT,
            "Cost model: %.0f µs per message, %.2f ns per byte that a worker sends.",
            1e6 * fitted.latency(),
            1e9 * fitted.copying()));
    Table table = Table.of(">workers", ">vectors", ">MB", ">ms", ">model", ">model / measured");
    for (RingCost.Sample sample : samples) {
      double model = fitted.allReduce(sample.workers(), sample.vectors(), sample.bytes());
      table.row(
          Integer.toString(sample.workers()),
          Integer.toString(sample.vectors()),
          String.format(Locale.ROOT, "%.1f", sample.bytes() / MEGABYTE),
          milliseconds(sample.seconds()),
          milliseconds(model),
          ratio(model / sample.seconds()));
    }
    table.print(out);
    out.flush();
  }

  private static String milliseconds(double seconds) {
    return String.format(Locale.ROOT, "%.2f", 1e3 * seconds);
  }

  private static String ratio(double value) {
    return String.format(Locale.ROOT, "%.2f", value);
  }
}
