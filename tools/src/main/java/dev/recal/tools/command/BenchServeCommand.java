package dev.recal.tools.command;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import dev.recal.ops.Counted;
import dev.recal.savedmodels.Predictor;
import dev.recal.savedmodels.PredictorSettings;
import dev.recal.savedmodels.SavedModelReader;
import dev.recal.savedmodels.tensor.TensorValue;
import dev.recal.tools.bench.HttpLoad;
import dev.recal.tools.bench.LoadResult;
import dev.recal.tools.bench.SampleCall;
import dev.recal.tools.bench.ServeProcess;
import dev.recal.tools.console.Bounds;
import dev.recal.tools.console.FailureException;
import dev.recal.tools.console.Json;
import dev.recal.tools.console.Table;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/**
 * {@code recal bench serve}: the server under load, compared with direct calls of the predictor.
 */
@Command(
    name = "serve",
    description = {
      "Benchmark 'recal serve' under load, compared with calling the predictor directly.",
      "Starts its own server. The clients run on the same machine and compete with it for the"
          + " processor."
    })
public final class BenchServeCommand implements Callable<Integer> {

  private static final int[] DIRECT_ROWS = {1, 32};
  private static final double WARM_UP_SECONDS = 3;
  private static final double MEGABYTE = 1e6;

  @Spec private CommandSpec spec;

  @Parameters(
      paramLabel = "MODEL_DIR",
      description = "A directory of integer versions, or a single SavedModel.")
  private Path model;

  @Option(
      names = "--clients",
      split = ",",
      paramLabel = "N",
      description = "Numbers of concurrent clients (default: 1,32).")
  private List<Integer> clients = List.of(1, 32);

  @Option(
      names = "--seconds",
      paramLabel = "S",
      description = "Duration of each measurement (${DEFAULT-VALUE}).")
  private double seconds = 10;

  @Option(
      names = "--signature",
      paramLabel = "KEY",
      description = "Signature to call, one row per request (${DEFAULT-VALUE}).")
  private String signature = "serving_default";

  @Option(
      names = "--batch-delay",
      paramLabel = "MS",
      description = "As in 'serve' (${DEFAULT-VALUE}).")
  private double batchDelay = 0;

  @Option(names = "--json", description = "Print JSON.")
  private boolean json;

  private record Memory(double seconds, long bytes) {}

  @Override
  public Integer call() throws IOException, InterruptedException {
    clients.forEach(number -> Bounds.requireAtLeast("--clients", number, 1));
    Bounds.requirePositive("--seconds", seconds);
    Bounds.requireWithin("--batch-delay", batchDelay, 0, ServeCommand.MAX_BATCH_DELAY);
    SampleCall sample = new SampleCall(SavedModelReader.describe(model).signature(signature));
    List<Double> direct = direct(sample);
    List<LoadResult> results = new ArrayList<>();
    List<Memory> memory = new ArrayList<>();
    List<String> arguments =
        List.of(model.toString(), "--name", "bench", "--batch-delay", Double.toString(batchDelay));
    String main = spec.root().userObject().getClass().getName();
    try (ServeProcess server = ServeProcess.start(main, arguments)) {
      HttpLoad load = new HttpLoad(server.uri().resolve("/v1/models/bench:predict"), sample.body());
      load.ask();
      for (int number : clients) {
        load.run(number, WARM_UP_SECONDS);
        results.add(measure(server, load, number, memory));
      }
    }
    report(direct, results, memory);
    long errors = results.stream().mapToLong(LoadResult::errors).sum();
    if (errors > 0) {
      throw new FailureException(errors + " requests failed.");
    }
    return 0;
  }

  // Rows per second of the predictor called in a loop, by rows per call.
  private List<Double> direct(SampleCall sample) throws IOException {
    List<Double> rates = new ArrayList<>();
    int most = DIRECT_ROWS[DIRECT_ROWS.length - 1];
    try (Predictor predictor = Predictor.open(model, new PredictorSettings(most, true, 0))) {
      for (int rows : DIRECT_ROWS) {
        Map<String, TensorValue> inputs = sample.inputs(rows);
        loop(predictor, inputs, WARM_UP_SECONDS);
        rates.add(rows * loop(predictor, inputs, Math.min(seconds, 30)));
      }
    }
    return rates;
  }

  private double loop(Predictor predictor, Map<String, TensorValue> inputs, double duration) {
    long begin = System.nanoTime();
    long calls = 0;
    while (System.nanoTime() - begin < duration * 1e9) {
      predictor.call(signature, inputs);
      calls++;
    }
    return calls / ((System.nanoTime() - begin) / 1e9);
  }

  private LoadResult measure(ServeProcess server, HttpLoad load, int number, List<Memory> memory)
      throws InterruptedException {
    long begin = System.nanoTime();
    Thread watcher =
        new Thread(
            () -> {
              try {
                while (true) {
                  OptionalLong bytes = server.residentBytes();
                  double at = (System.nanoTime() - begin) / 1e9;
                  bytes.ifPresent(value -> memory.add(new Memory(at, value)));
                  Thread.sleep((long) (1000 * Math.max(0.5, seconds / 20)));
                }
              } catch (InterruptedException e) {
                // The load has ended.
              }
            });
    watcher.setDaemon(true);
    watcher.start();
    LoadResult result = load.run(number, seconds);
    watcher.interrupt();
    watcher.join();
    return result;
  }

  private void report(List<Double> direct, List<LoadResult> results, List<Memory> memory) {
    PrintWriter out = spec.commandLine().getOut();
    if (json) {
      Json.print(out, toJson(direct, results, memory));
      out.flush();
      return;
    }
    Table table =
        Table.of(
            "", ">rows/s", ">p50 ms", ">p99 ms", ">errors", ">of direct, batch 1", ">batch 32");
    for (int i = 0; i < DIRECT_ROWS.length; i++) {
      table.row(
          "Predictor, batch " + DIRECT_ROWS[i],
          number(direct.get(i)),
          String.format(Locale.ROOT, "%.2f", 1000 * DIRECT_ROWS[i] / direct.get(i)),
          "",
          "",
          ratio(direct.get(i) / direct.get(0)),
          ratio(direct.get(i) / direct.get(1)));
    }
    for (LoadResult result : results) {
      table.row(
          "server, " + Counted.of(result.clients(), "client"),
          number(result.perSecond()),
          String.format(Locale.ROOT, "%.2f", result.p50()),
          String.format(Locale.ROOT, "%.2f", result.p99()),
          Long.toString(result.errors()),
          ratio(result.perSecond() / direct.get(0)),
          ratio(result.perSecond() / direct.get(1)));
    }
    table.print(out);
    if (!memory.isEmpty()) {
      out.println();
      out.println("Memory of the server in MB, from the first to the last measurement:");
      out.println(
          String.join(
              " ",
              memory.stream()
                  .map(one -> Long.toString(Math.round(one.bytes() / MEGABYTE)))
                  .toList()));
    }
    out.flush();
  }

  private JsonObject toJson(List<Double> direct, List<LoadResult> results, List<Memory> memory) {
    JsonObject object = new JsonObject();
    for (int i = 0; i < DIRECT_ROWS.length; i++) {
      object.addProperty("direct_rows_per_second_batch_" + DIRECT_ROWS[i], direct.get(i));
    }
    JsonArray loads = new JsonArray();
    for (LoadResult result : results) {
      JsonObject one = new JsonObject();
      one.addProperty("clients", result.clients());
      one.addProperty("requests", result.requests());
      one.addProperty("errors", result.errors());
      one.addProperty("seconds", result.seconds());
      one.addProperty("requests_per_second", result.perSecond());
      one.addProperty("p50_ms", result.p50());
      one.addProperty("p99_ms", result.p99());
      loads.add(one);
    }
    object.add("loads", loads);
    JsonArray samples = new JsonArray();
    for (Memory one : memory) {
      JsonObject sample = new JsonObject();
      sample.addProperty("seconds", one.seconds());
      sample.addProperty("bytes", one.bytes());
      samples.add(sample);
    }
    object.add("memory", samples);
    return object;
  }

  private static String number(double value) {
    return String.format(Locale.ROOT, "%.0f", value);
  }

  private static String ratio(double value) {
    return String.format(Locale.ROOT, "%.2f", value);
  }
}
