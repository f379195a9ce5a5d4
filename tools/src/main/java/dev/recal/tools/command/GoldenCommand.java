package dev.recal.tools.command;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import dev.recal.ops.runtime.ComputeDevices;
import dev.recal.tools.console.Json;
import dev.recal.tools.console.Table;
import dev.recal.tools.console.UsageException;
import dev.recal.tools.golden.GoldenCase;
import dev.recal.tools.golden.GoldenManifest;
import dev.recal.tools.golden.GoldenResult;
import dev.recal.tools.golden.GoldenResult.Status;
import dev.recal.tools.golden.GoldenRunner;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code recal golden}: checks layers against reference values. */
@Command(
    name = "golden",
    description = {
      "Check layers and evaluations against reference values.",
      "Unknown modules and settings are counted and are not failures."
    })
public final class GoldenCommand implements Callable<Integer> {

  @Spec private CommandSpec spec;

  @Parameters(paramLabel = "DIR", description = "Directory with a manifest.json.")
  private Path directory;

  @Option(names = "--case", paramLabel = "NAME", description = "Run this case only; repeatable.")
  private List<String> names = new ArrayList<>();

  @Option(names = "--json", description = "Print JSON.")
  private boolean json;

  @Override
  public Integer call() throws IOException {
    List<GoldenResult> results =
        chosen(GoldenManifest.read(directory)).stream().map(GoldenRunner::run).toList();
    PrintWriter out = spec.commandLine().getOut();
    if (json) {
      Json.print(out, toJson(results));
    } else {
      print(out, results);
    }
    out.flush();
    long failed = count(results, Status.FAILED);
    if (failed > 0 && ComputeDevices.usesGpu()) {
      PrintWriter err = spec.commandLine().getErr();
      err.println(
          "A GPU rounds the factors of products to TF32: set NVIDIA_TF32_OVERRIDE=0 to compare in"
              + " float32.");
      err.flush();
    }
    return failed == 0 ? 0 : 1;
  }

  private List<GoldenCase> chosen(List<GoldenCase> cases) {
    List<String> known = cases.stream().map(GoldenCase::name).toList();
    for (String name : names) {
      if (!known.contains(name)) {
        throw UsageException.unknown("--case", name, known);
      }
    }
    return cases.stream().filter(c -> names.isEmpty() || names.contains(c.name())).toList();
  }

  private static void print(PrintWriter out, List<GoldenResult> results) {
    Table table = Table.of("case", "verdict", ">output", ">gradients", ">updates", ">parameters");
    for (GoldenResult result : results) {
      table.row(
          result.golden().name(),
          result.status().toString(),
          text(result.output()),
          text(result.gradients()),
          text(result.updates()),
          Long.toString(result.golden().parameters()));
    }
    table.print(out);
    for (GoldenResult result : results) {
      if (result.status() == Status.FAILED) {
        result.problems().forEach(p -> out.println(result.golden().name() + ": " + p));
      }
    }
    Map<String, Long> unknown = new TreeMap<>();
    results.stream()
        .filter(result -> result.status() == Status.UNKNOWN)
        .forEach(result -> unknown.merge(result.golden().module(), 1L, Long::sum));
    out.println();
    if (!unknown.isEmpty()) {
      out.println("Unknown, with the number of cases: " + unknown);
    }
    out.printf(
        Locale.ROOT,
        "%d passed, %d failed, %d unknown of %d cases. Relative errors in the 2-norm; tolerances:"
            + " output %s, gradients %s, updates %s.%n",
        count(results, Status.PASSED),
        count(results, Status.FAILED),
        count(results, Status.UNKNOWN),
        results.size(),
        tolerance(GoldenResult.OUTPUT_TOLERANCE),
        tolerance(GoldenResult.GRADIENT_TOLERANCE),
        tolerance(GoldenResult.UPDATE_TOLERANCE));
  }

  private static JsonObject toJson(List<GoldenResult> results) {
    JsonArray cases = new JsonArray();
    for (GoldenResult result : results) {
      JsonObject entry = new JsonObject();
      entry.addProperty("case", result.golden().name());
      entry.addProperty("module", result.golden().module());
      entry.addProperty("verdict", result.status().toString());
      entry.add("output", number(result.output()));
      entry.add("gradients", number(result.gradients()));
      entry.add("updates", number(result.updates()));
      entry.addProperty("parameters", result.golden().parameters());
      JsonArray problems = new JsonArray();
      result.problems().forEach(problems::add);
      entry.add("problems", problems);
      cases.add(entry);
    }
    JsonObject tolerances = new JsonObject();
    tolerances.addProperty("output", GoldenResult.OUTPUT_TOLERANCE);
    tolerances.addProperty("gradients", GoldenResult.GRADIENT_TOLERANCE);
    tolerances.addProperty("updates", GoldenResult.UPDATE_TOLERANCE);
    JsonObject all = new JsonObject();
    all.add("tolerances", tolerances);
    for (Status status : Status.values()) {
      all.addProperty(status.toString(), count(results, status));
    }
    all.add("cases", cases);
    return all;
  }

  private static long count(List<GoldenResult> results, Status status) {
    return results.stream().filter(result -> result.status() == status).count();
  }

  private static String text(OptionalDouble error) {
    return error.isPresent() ? String.format(Locale.ROOT, "%.1e", error.getAsDouble()) : "-";
  }

  // JSON has no infinity.
  private static JsonElement number(OptionalDouble error) {
    return error.isPresent() && Double.isFinite(error.getAsDouble())
        ? new JsonPrimitive(error.getAsDouble())
        : JsonNull.INSTANCE;
  }

  private static String tolerance(double value) {
    return String.format(Locale.ROOT, "%.0e", value);
  }
}
