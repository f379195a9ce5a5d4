package dev.recal.tools.command;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import dev.recal.graphs.detection.training.DetectionBench;
import dev.recal.graphs.detection.training.SyntheticScene;
import dev.recal.graphs.training.Precision;
import dev.recal.tools.bench.Medians;
import dev.recal.tools.bench.PeakMemory;
import dev.recal.tools.console.Bounds;
import dev.recal.tools.console.Json;
import dev.recal.tools.console.Table;
import dev.recal.tools.console.UsageException;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code recal bench detection}: the time of a detector's training step and inference. */
@Command(
    name = "detection",
    description =
        "Benchmark the training step and the inference of Mask R-CNN on ResNet-50, with random"
            + " weights.")
public final class BenchDetectionCommand implements Callable<Integer> {

  private static final Pattern SIZE = Pattern.compile("(\\d{1,4})x(\\d{1,5})x(\\d{1,5})");
  private static final int SMALLEST = 64;
  private static final double MEBIBYTE = 1 << 20;

  @Spec private CommandSpec spec;

  /** What is measured. */
  private enum Mode {
    TRAIN,
    INFER
  }

  @Option(
      names = "--size",
      split = ",",
      paramLabel = "NxHxW",
      description = "Images, and their height and width in pixels (default: 2x512x512,1x800x1344).")
  private List<String> sizes = List.of("2x512x512", "1x800x1344");

  @Option(
      names = "--mode",
      split = ",",
      paramLabel = "MODE",
      description = "train, infer or both (default: both).")
  private List<Mode> modes = List.of(Mode.TRAIN, Mode.INFER);

  @Option(
      names = "--precision",
      split = ",",
      paramLabel = "P",
      description = "float32, bfloat16, float16 (default: the first two).")
  private List<Precision> precisions = List.of(Precision.FLOAT32, Precision.BFLOAT16);

  @Option(
      names = "--objects",
      paramLabel = "N",
      description = "Objects of each image in training (${DEFAULT-VALUE}).")
  private int objects = 8;

  @Mixin private RepeatOptions repeats = new RepeatOptions(5, 2);

  @Option(names = "--json", description = "Print JSON.")
  private boolean json;

  private record Row(
      SyntheticScene scene,
      Mode mode,
      Precision precision,
      List<Double> seconds,
      DetectionBench.Run last,
      OptionalLong peak) {

    double median() {
      return Medians.of(seconds);
    }
  }

  @Override
  public Integer call() {
    repeats.check();
    Bounds.requireAtLeast("--objects", objects, 1);
    List<SyntheticScene> scenes = sizes.stream().map(this::scene).toList();
    List<Row> rows = new ArrayList<>();
    for (SyntheticScene scene : scenes) {
      for (Precision precision : precisions) {
        modes.forEach(mode -> rows.add(measure(scene, mode, precision)));
      }
    }
    print(rows);
    return 0;
  }

  private SyntheticScene scene(String size) {
    Matcher parts = SIZE.matcher(size);
    if (!parts.matches()) {
      throw new UsageException(
          "--size: expected images, height and width like 2x512x512, but got " + size + ".");
    }
    int images = Integer.parseInt(parts.group(1));
    int height = Integer.parseInt(parts.group(2));
    int width = Integer.parseInt(parts.group(3));
    Bounds.requireAtLeast("--size", images, 1);
    Bounds.requireAtLeast("--size", Math.min(height, width), SMALLEST);
    return new SyntheticScene(images, height, width, objects);
  }

  private Row measure(SyntheticScene scene, Mode mode, Precision precision) {
    PrintWriter err = spec.commandLine().getErr();
    err.println(size(scene) + ", " + word(mode) + ", " + word(precision));
    err.flush();
    List<Double> seconds = new ArrayList<>();
    DetectionBench.Run last = null;
    try (DetectionBench bench =
        mode == Mode.TRAIN
            ? DetectionBench.training(scene, precision)
            : DetectionBench.inference(scene, precision)) {
      for (int i = -repeats.warmUp(); i < repeats.repeats(); i++) {
        last = bench.run();
        if (i >= 0) {
          seconds.add(last.seconds());
        }
      }
    }
    return new Row(scene, mode, precision, seconds, last, PeakMemory.bytes());
  }

  private void print(List<Row> rows) {
    PrintWriter out = spec.commandLine().getOut();
    if (json) {
      JsonArray array = new JsonArray();
      rows.forEach(row -> array.add(object(row)));
      Json.print(out, array);
    } else {
      Table table =
          Table.of("size", "mode", "precision", ">ms", ">regions", ">masks", ">objects", ">MiB");
      for (Row row : rows) {
        table.row(
            size(row.scene()),
            word(row.mode()),
            word(row.precision()),
            String.format(Locale.ROOT, "%.0f", 1e3 * row.median()),
            Long.toString(row.last().regions()),
            Long.toString(row.last().masks()),
            Long.toString(row.last().detections()),
            row.peak().isPresent()
                ? String.format(Locale.ROOT, "%.0f", row.peak().getAsLong() / MEBIBYTE)
                : "");
      }
      table.print(out);
      out.println(
          "Medians of the repeats; regions, masks and found objects of all images together; peak"
              + " memory of the process until then.");
    }
    out.flush();
  }

  private static JsonObject object(Row row) {
    JsonObject object = new JsonObject();
    object.addProperty("images", row.scene().images());
    object.addProperty("height", row.scene().height());
    object.addProperty("width", row.scene().width());
    object.addProperty("mode", word(row.mode()));
    object.addProperty("precision", word(row.precision()));
    object.addProperty("seconds", row.median());
    JsonArray repeats = new JsonArray();
    row.seconds().forEach(repeats::add);
    object.add("repeats", repeats);
    object.addProperty("regions", row.last().regions());
    object.addProperty("masks", row.last().masks());
    object.addProperty("objects", row.last().detections());
    object.addProperty("loss", row.last().loss());
    row.peak().ifPresent(bytes -> object.addProperty("peakBytes", bytes));
    return object;
  }

  private static String size(SyntheticScene scene) {
    return scene.images() + "x" + scene.height() + "x" + scene.width();
  }

  private static String word(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT);
  }
}
