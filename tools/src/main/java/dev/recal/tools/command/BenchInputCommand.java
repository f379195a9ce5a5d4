package dev.recal.tools.command;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import dev.recal.graphs.data.DataSet;
import dev.recal.graphs.data.OpenSettings;
import dev.recal.graphs.data.Validation;
import dev.recal.graphs.data.pipeline.Augmentation;
import dev.recal.graphs.data.pipeline.InputBench;
import dev.recal.graphs.data.pipeline.PipelineSettings;
import dev.recal.graphs.data.source.DataSources;
import dev.recal.graphs.network.Networks;
import dev.recal.graphs.training.Precision;
import dev.recal.tools.bench.NetworkBench;
import dev.recal.tools.bench.NetworkBench.Subject;
import dev.recal.tools.console.Bounds;
import dev.recal.tools.console.Json;
import dev.recal.tools.console.Table;
import dev.recal.tools.console.UsageException;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code recal bench input}: whether the input pipeline keeps up with a network. */
@Command(
    name = "input",
    description = {
      "Benchmark the input pipeline in images per second: decoding alone, the whole training"
          + " pipeline (random-resized crop, flip, batch), and the training step of a network,"
          + " which the pipeline has to feed."
    })
public final class BenchInputCommand implements Callable<Integer> {

  @Spec private CommandSpec spec;

  @Parameters(
      paramLabel = "IMAGES",
      description =
          "Shards written by 'recal records', or a folder or zip archive of class folders.")
  private Path images;

  @Option(
      names = "--network",
      paramLabel = "NAME",
      description = "Network whose training step is measured (${DEFAULT-VALUE}).")
  private String network = "resnet50";

  @Option(names = "--batch", paramLabel = "N", description = "Batch size (${DEFAULT-VALUE}).")
  private int batch = 16;

  @Option(
      names = "--size",
      paramLabel = "PIXELS",
      description = "Height and width of the images (${DEFAULT-VALUE}).")
  private int size = 224;

  @Option(
      names = "--batches",
      paramLabel = "N",
      description = "Number of batches to measure (${DEFAULT-VALUE}).")
  private int batches = 100;

  @Option(
      names = "--precision",
      split = ",",
      paramLabel = "P",
      description = "Precision of the step: float32, bfloat16, float16 (${DEFAULT-VALUE}).")
  private List<Precision> precisions = List.of(Precision.FLOAT32, Precision.BFLOAT16);

  @Option(names = "--json", description = "Print JSON.")
  private boolean json;

  private record Row(String what, double rate) {}

  @Override
  public Integer call() throws IOException {
    Bounds.requireAtLeast("--batch", batch, 1);
    Bounds.requireAtLeast("--size", size, 1);
    Bounds.requireAtLeast("--batches", batches, 1);
    if (!Networks.names().contains(network)) {
      throw UsageException.unknown("--network", network, Networks.names());
    }
    double decoding;
    double pipeline;
    OpenSettings open = OpenSettings.defaults().withValidation(Validation.HEADERS);
    try (DataSet data = DataSources.of(images).open(open)) {
      decoding = InputBench.decoding(data);
      PipelineSettings settings =
          PipelineSettings.training(batch, size, size, Augmentation.randomResizedCrop(), 1)
              .withMemoryLimitBytes(0);
      pipeline = InputBench.pipeline(data, settings, Math.min(10, batches), batches);
    }
    List<Subject> subjects =
        precisions.stream()
            .map(precision -> new Subject(network, Networks.named(network), precision))
            .toList();
    List<Row> steps =
        NetworkBench.run(subjects, batch, size, 1, 3).stream()
            .map(result -> new Row(name(result.subject()), batch / result.trainSeconds()))
            .toList();
    print(decoding, pipeline, steps);
    return 0;
  }

  private static String name(Subject subject) {
    return "step of " + subject.name() + ", " + subject.precision().name().toLowerCase(Locale.ROOT);
  }

  private void print(double decoding, double pipeline, List<Row> steps) {
    PrintWriter out = spec.commandLine().getOut();
    JsonArray rows = new JsonArray();
    Table table = Table.of("what", ">img/s", ">pipeline / step");
    add(table, rows, new Row("decoding alone", decoding), pipeline);
    add(table, rows, new Row("pipeline", pipeline), pipeline);
    steps.forEach(step -> add(table, rows, step, pipeline));
    if (json) {
      Json.print(out, rows);
    } else {
      table.print(out);
      out.println("The pipeline keeps up with the step where the ratio is well above 1.");
    }
    out.flush();
  }

  private static void add(Table table, JsonArray rows, Row row, double pipeline) {
    table.row(
        row.what,
        String.format(Locale.ROOT, "%.1f", row.rate),
        String.format(Locale.ROOT, "%.2f", pipeline / row.rate));
    JsonObject object = new JsonObject();
    object.addProperty("what", row.what);
    object.addProperty("imagesPerSecond", row.rate);
    object.addProperty("pipelineMultiple", pipeline / row.rate);
    rows.add(object);
  }
}
