package dev.recal.tools.command;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import dev.recal.tools.bench.Medians;
import dev.recal.tools.bench.RoiAlignBench;
import dev.recal.tools.console.Bounds;
import dev.recal.tools.console.Json;
import dev.recal.tools.console.Table;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code recal bench roi-align}: the time of RoIAlign in training. */
@Command(
    name = "roi-align",
    description = "Benchmark RoIAlign on four levels of one image, with the gradient of the maps.")
public final class BenchRoiAlignCommand implements Callable<Integer> {

  private static final int COARSEST_STRIDE = 32;

  @Spec private CommandSpec spec;

  @Option(
      names = "--height",
      paramLabel = "PIXELS",
      description = "Height of the image (${DEFAULT-VALUE}).")
  private int height = 800;

  @Option(
      names = "--width",
      paramLabel = "PIXELS",
      description = "Width of the image (${DEFAULT-VALUE}).")
  private int width = 1344;

  @Option(
      names = "--channels",
      paramLabel = "N",
      description = "Channels of the maps (${DEFAULT-VALUE}).")
  private int channels = 256;

  @Option(
      names = "--regions",
      paramLabel = "N",
      description = "Number of regions (${DEFAULT-VALUE}).")
  private int regions = 512;

  @Option(
      names = "--size",
      split = ",",
      paramLabel = "N",
      description = "Rows and columns of bins (default: 7,14).")
  private List<Integer> sizes = List.of(7, 14);

  @Mixin private RepeatOptions repeats = new RepeatOptions(5, 2);

  @Option(names = "--json", description = "Print JSON.")
  private boolean json;

  private record Row(int size, double forward, double backward, double both) {}

  @Override
  public Integer call() {
    repeats.check();
    Bounds.requireAtLeast("--height", height, COARSEST_STRIDE);
    Bounds.requireAtLeast("--width", width, COARSEST_STRIDE);
    Bounds.requireAtLeast("--channels", channels, 1);
    Bounds.requireAtLeast("--regions", regions, 1);
    sizes.forEach(size -> Bounds.requireAtLeast("--size", size, 1));
    List<Row> rows = sizes.stream().map(this::measure).toList();
    print(rows);
    return 0;
  }

  private Row measure(int size) {
    List<Double> forward = new ArrayList<>();
    List<Double> backward = new ArrayList<>();
    List<Double> both = new ArrayList<>();
    try (RoiAlignBench bench = new RoiAlignBench(height, width, channels, regions, size)) {
      for (int i = -repeats.warmUp(); i < repeats.repeats(); i++) {
        double[] seconds = {bench.forward(), bench.backward(), bench.step()};
        if (i >= 0) {
          forward.add(seconds[0]);
          backward.add(seconds[1]);
          both.add(seconds[2]);
        }
      }
    }
    return new Row(size, Medians.of(forward), Medians.of(backward), Medians.of(both));
  }

  private void print(List<Row> rows) {
    PrintWriter out = spec.commandLine().getOut();
    if (json) {
      JsonArray array = new JsonArray();
      rows.forEach(row -> array.add(object(row)));
      Json.print(out, array);
    } else {
      Table table = Table.of(">size", ">forward ms", ">backward ms", ">both ms");
      for (Row row : rows) {
        table.row(
            Integer.toString(row.size()),
            milliseconds(row.forward()),
            milliseconds(row.backward()),
            milliseconds(row.both()));
      }
      table.print(out);
      out.println("Medians of the repeats.");
    }
    out.flush();
  }

  private static String milliseconds(double seconds) {
    return String.format(Locale.ROOT, "%.1f", 1e3 * seconds);
  }

  private static JsonObject object(Row row) {
    JsonObject object = new JsonObject();
    object.addProperty("size", row.size());
    object.addProperty("forwardSeconds", row.forward());
    object.addProperty("backwardSeconds", row.backward());
    object.addProperty("seconds", row.both());
    return object;
  }
}
