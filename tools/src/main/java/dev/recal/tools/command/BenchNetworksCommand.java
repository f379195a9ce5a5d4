package dev.recal.tools.command;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import dev.recal.graphs.network.Networks;
import dev.recal.graphs.training.Precision;
import dev.recal.tools.bench.NetworkBench;
import dev.recal.tools.bench.NetworkBench.Result;
import dev.recal.tools.bench.NetworkBench.Subject;
import dev.recal.tools.console.Bounds;
import dev.recal.tools.console.Json;
import dev.recal.tools.console.Table;
import dev.recal.tools.console.UsageException;
import java.io.PrintWriter;
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

/** {@code recal bench networks}: steps per second, as ratios to the first network. */
@Command(
    name = "networks",
    description = "Benchmark training and inference of whole networks, in alternation.")
public final class BenchNetworksCommand implements Callable<Integer> {

  @Spec private CommandSpec spec;

  @Parameters(
      arity = "0..*",
      paramLabel = "NETWORK",
      description =
          "Names of networks ('recal networks' lists them); the first is the baseline. Default:"
              + " resnet50 srm-resnet50.")
  private List<String> names = new ArrayList<>();

  @Option(names = "--batch", paramLabel = "N", description = "Batch size (${DEFAULT-VALUE}).")
  private int batch = 16;

  @Option(
      names = "--size",
      paramLabel = "PIXELS",
      description = "Height and width of the images (${DEFAULT-VALUE}).")
  private int size = 224;

  @Option(
      names = "--precision",
      split = ",",
      paramLabel = "P",
      description = "float32, bfloat16, float16 (${DEFAULT-VALUE}).")
  private List<Precision> precisions = List.of(Precision.FLOAT32, Precision.BFLOAT16);

  @Mixin private RepeatOptions repeats = new RepeatOptions(5, 2);

  @Option(names = "--json", description = "Print JSON.")
  private boolean json;

  @Override
  public Integer call() {
    repeats.check();
    Bounds.requireAtLeast("--batch", batch, 1);
    Bounds.requireAtLeast("--size", size, 1);
    List<Subject> subjects = new ArrayList<>();
    for (Precision precision : precisions) {
      for (String name : names.isEmpty() ? List.of("resnet50", "srm-resnet50") : names) {
        if (!Networks.names().contains(name)) {
          throw UsageException.unknown("NETWORK", name, Networks.names());
        }
        subjects.add(new Subject(name, Networks.named(name), precision));
      }
    }
    List<Result> results =
        NetworkBench.run(subjects, batch, size, repeats.warmUp(), repeats.repeats());
    print(results);
    return 0;
  }

  private void print(List<Result> results) {
    PrintWriter out = spec.commandLine().getOut();
    JsonArray rows = new JsonArray();
    Table table =
        Table.of(
            "network",
            "precision",
            ">steps/s",
            ">img/s",
            ">of first",
            ">inference img/s",
            ">of first");
    for (Result result : results) {
      Result first =
          results.stream()
              .filter(other -> other.subject().precision() == result.subject().precision())
              .findFirst()
              .orElseThrow();
      double train = result.trainSeconds() / first.trainSeconds();
      double infer = result.inferSeconds() / first.inferSeconds();
      String precision = result.subject().precision().name().toLowerCase(Locale.ROOT);
      table.row(
          result.subject().name(),
          precision,
          number(1 / result.trainSeconds()),
          number(batch / result.trainSeconds()),
          number(train),
          number(batch / result.inferSeconds()),
          number(infer));
      JsonObject row = new JsonObject();
      row.addProperty("network", result.subject().name());
      row.addProperty("precision", precision);
      row.addProperty("batch", batch);
      row.addProperty("size", size);
      row.addProperty("trainSeconds", result.trainSeconds());
      row.addProperty("trainRatio", train);
      row.addProperty("inferSeconds", result.inferSeconds());
      row.addProperty("inferRatio", infer);
      rows.add(row);
    }
    if (json) {
      Json.print(out, rows);
    } else {
      table.print(out);
      out.println(
          "Time per step and per batch relative to the first network; medians of the repeats.");
    }
    out.flush();
  }

  private static String number(double value) {
    return String.format(Locale.ROOT, "%.3f", value);
  }
}
