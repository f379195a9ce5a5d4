package dev.recal.tools.command;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import dev.recal.graphs.synthesis.oneshot.Pyramid;
import dev.recal.graphs.synthesis.oneshot.SinGan;
import dev.recal.graphs.synthesis.oneshot.SinGan.Modulation;
import dev.recal.graphs.synthesis.oneshot.training.OneShotBench;
import dev.recal.graphs.synthesis.oneshot.training.OneShotRecipe;
import dev.recal.graphs.training.Precision;
import dev.recal.tools.bench.Medians;
import dev.recal.tools.console.Bounds;
import dev.recal.tools.console.Json;
import dev.recal.tools.console.Table;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code recal bench oneshot}: the time of a step of one-shot synthesis at each scale. */
@Command(
    name = "oneshot",
    description = "Benchmark a training step of one-shot synthesis at each scale.")
public final class BenchOneShotCommand implements Callable<Integer> {

  private static final int CHANNELS = 3;
  private static final double SECONDS_PER_HOUR = 3600;

  @Spec private CommandSpec spec;

  @Option(
      names = "--height",
      paramLabel = "PIXELS",
      description = "Height of the image (${DEFAULT-VALUE}).")
  private int height = 188;

  @Option(
      names = "--width",
      paramLabel = "PIXELS",
      description = "Width of the image (${DEFAULT-VALUE}).")
  private int width = 250;

  @Option(
      names = "--scale",
      split = ",",
      paramLabel = "N",
      description = "Scales to measure, from 0; all by default.")
  private List<Integer> scales = List.of();

  @Option(
      names = "--skip",
      split = ",",
      paramLabel = "KIND",
      description = "slim, none or both (${DEFAULT-VALUE}).")
  private List<Modulation> skips = List.of(Modulation.SLIM, Modulation.NONE);

  @Option(
      names = "--precision",
      split = ",",
      paramLabel = "P",
      description = "float32, bfloat16, float16 (${DEFAULT-VALUE}).")
  private List<Precision> precisions = List.of(Precision.FLOAT32, Precision.BFLOAT16);

  @Mixin private RepeatOptions repeats = new RepeatOptions(5, 2);

  @Option(names = "--json", description = "Print JSON.")
  private boolean json;

  private record Row(Modulation skip, Precision precision, int scale, double seconds) {}

  @Override
  public Integer call() {
    repeats.check();
    Bounds.requireAtLeast("--height", height, 1);
    Bounds.requireAtLeast("--width", width, 1);
    Pyramid pyramid = Pyramid.of(height, width, OneShotRecipe.defaults().pyramid());
    List<Integer> measured =
        scales.isEmpty() ? IntStream.range(0, pyramid.scales()).boxed().toList() : scales;
    measured.forEach(scale -> pyramid.requireScale("scale", scale));
    List<Row> rows = new ArrayList<>();
    for (int scale : measured) {
      for (Precision precision : precisions) {
        skips.forEach(skip -> rows.add(measure(pyramid, skip, precision, scale)));
      }
    }
    print(pyramid, rows, measured.size() == pyramid.scales());
    return 0;
  }

  private Row measure(Pyramid pyramid, Modulation skip, Precision precision, int scale) {
    OneShotRecipe usual = OneShotRecipe.defaults();
    OneShotRecipe recipe =
        usual
            .withNetwork(new SinGan(skip, usual.network().width(), usual.network().maxWidth()))
            .withTraining(usual.training().with(precision));
    spec.commandLine()
        .getErr()
        .println("scale " + scale + ", " + word(skip) + ", " + word(precision));
    spec.commandLine().getErr().flush();
    List<Double> seconds = new ArrayList<>();
    try (OneShotBench bench = new OneShotBench(recipe, pyramid, scale)) {
      for (int i = 0; i < repeats.warmUp(); i++) {
        bench.step();
      }
      for (int i = 0; i < repeats.repeats(); i++) {
        seconds.add(bench.step());
      }
    }
    return new Row(skip, precision, scale, Medians.of(seconds));
  }

  private void print(Pyramid pyramid, List<Row> rows, boolean complete) {
    PrintWriter out = spec.commandLine().getOut();
    if (json) {
      JsonArray array = new JsonArray();
      rows.forEach(row -> array.add(object(pyramid, row)));
      Json.print(out, array);
      out.flush();
      return;
    }
    Table table = Table.of(">scale", "size", ">channels", "skip", "precision", ">step ms");
    for (Row row : rows) {
      table.row(
          Integer.toString(row.scale()),
          pyramid.width(row.scale()) + "×" + pyramid.height(row.scale()),
          Integer.toString(SinGan.defaults().width(row.scale())),
          word(row.skip()),
          word(row.precision()),
          String.format(Locale.ROOT, "%.1f", 1e3 * row.seconds()));
    }
    table.print(out);
    out.println("Medians of the repeats, with the frozen scales below.");
    if (complete) {
      for (Precision precision : precisions) {
        skips.forEach(skip -> out.println(estimate(rows, skip, precision)));
      }
    }
    out.flush();
  }

  private static String estimate(List<Row> rows, Modulation skip, Precision precision) {
    long steps = OneShotRecipe.defaults().training().steps();
    double seconds =
        rows.stream()
            .filter(row -> row.skip() == skip && row.precision() == precision)
            .mapToDouble(row -> row.seconds() * steps)
            .sum();
    return String.format(
        Locale.ROOT,
        "A run of %,d steps a scale, %s, %s: %.1f hours",
        steps,
        word(skip),
        word(precision),
        seconds / SECONDS_PER_HOUR);
  }

  private static JsonObject object(Pyramid pyramid, Row row) {
    JsonObject object = new JsonObject();
    object.addProperty("scale", row.scale());
    object.addProperty("height", pyramid.height(row.scale()));
    object.addProperty("width", pyramid.width(row.scale()));
    object.addProperty("channels", CHANNELS);
    object.addProperty("networkWidth", SinGan.defaults().width(row.scale()));
    object.addProperty("skip", word(row.skip()));
    object.addProperty("precision", word(row.precision()));
    object.addProperty("seconds", row.seconds());
    return object;
  }

  private static String word(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT);
  }
}
