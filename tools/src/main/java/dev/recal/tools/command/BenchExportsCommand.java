package dev.recal.tools.command;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import dev.recal.graphs.network.Networks;
import dev.recal.ops.files.TemporaryPath;
import dev.recal.tools.bench.ExportBench;
import dev.recal.tools.console.Bounds;
import dev.recal.tools.console.Json;
import dev.recal.tools.console.Table;
import dev.recal.tools.console.UsageException;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code recal bench exports}: plain and optimised SavedModels side by side. */
@Command(
    name = "exports",
    description = {
      "Benchmark exported networks, plain and in each form of 'export --optimise', in images per"
          + " second.",
      "The weights are random. Inputs are float32 images; the model runs in Recal's predictor."
    })
public final class BenchExportsCommand implements Callable<Integer> {

  private static final double MEGABYTE = 1e6;

  @Spec private CommandSpec spec;

  @Parameters(
      arity = "0..*",
      paramLabel = "NETWORK",
      description = "Names of networks ('recal networks' lists them). Default: resnet50.")
  private List<String> names = new ArrayList<>();

  @Option(names = "--batch", split = ",", paramLabel = "N", description = "Batch sizes (1,16).")
  private List<Integer> batches = List.of(1, 16);

  @Option(
      names = "--size",
      paramLabel = "PIXELS",
      description = "Height and width of the images (${DEFAULT-VALUE}).")
  private int size = 224;

  @Mixin private RepeatOptions repeats = new RepeatOptions(7, 2);

  @Option(names = "--json", description = "Print JSON.")
  private boolean json;

  @Override
  public Integer call() throws IOException {
    repeats.check();
    Bounds.requireAtLeast("--size", size, 1);
    batches.forEach(batch -> Bounds.requireAtLeast("--batch", batch, 1));
    List<ExportBench.Result> results = new ArrayList<>();
    for (String name : names.isEmpty() ? List.of("resnet50") : names) {
      if (!Networks.names().contains(name)) {
        throw UsageException.unknown("NETWORK", name, Networks.names());
      }
      Path target = Path.of(System.getProperty("java.io.tmpdir"), "recal-exports");
      try (TemporaryPath models = TemporaryPath.directory(target)) {
        results.addAll(
            ExportBench.run(
                name, models.path(), batches, size, repeats.warmUp(), repeats.repeats()));
      }
    }
    print(results);
    return 0;
  }

  private void print(List<ExportBench.Result> results) {
    List<String> headings = new ArrayList<>(List.of("network", "form", ">MB"));
    for (int batch : batches) {
      headings.add(">img/s, batch " + batch);
      headings.add(">of plain");
    }
    Table table = Table.of(headings.toArray(String[]::new));
    JsonArray rows = new JsonArray();
    ExportBench.Result plain = results.get(0);
    for (ExportBench.Result result : results) {
      plain = result.form().isEmpty() ? result : plain;
      List<String> cells = new ArrayList<>();
      cells.add(result.network());
      cells.add(result.formName());
      cells.add(number(result.bytes() / MEGABYTE, 1));
      JsonObject row = new JsonObject();
      row.addProperty("network", result.network());
      row.addProperty("form", result.formName());
      row.addProperty("size", size);
      row.addProperty("bytes", result.bytes());
      JsonArray calls = new JsonArray();
      for (int batch : batches) {
        double rate = batch / result.seconds().get(batch);
        double gain = plain.seconds().get(batch) / result.seconds().get(batch);
        cells.add(number(rate, 1));
        cells.add(number(gain, 2));
        JsonObject call = new JsonObject();
        call.addProperty("batch", batch);
        call.addProperty("seconds", result.seconds().get(batch));
        call.addProperty("gain", gain);
        calls.add(call);
      }
      row.add("calls", calls);
      rows.add(row);
      table.row(cells.toArray(String[]::new));
    }
    PrintWriter out = spec.commandLine().getOut();
    if (json) {
      Json.print(out, rows);
    } else {
      table.print(out);
      out.println("Throughput relative to the plain export; medians of the repeats.");
    }
    out.flush();
  }

  private static String number(double value, int digits) {
    return String.format(Locale.ROOT, "%." + digits + "f", value);
  }
}
