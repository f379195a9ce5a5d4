package dev.recal.tools.command;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import dev.recal.graphs.synthesis.SkipKind;
import dev.recal.graphs.synthesis.training.SynthesisBench.Part;
import dev.recal.graphs.training.Precision;
import dev.recal.tools.bench.SynthesisFigure;
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

/** {@code recal bench synthesize}: the time of a step of few-shot synthesis, and of its parts. */
@Command(
    name = "synthesize",
    description = "Benchmark a training step of few-shot synthesis and its parts, in alternation.")
public final class BenchSynthesizeCommand implements Callable<Integer> {

  @Spec private CommandSpec spec;

  @Option(
      names = "--size",
      paramLabel = "PIXELS",
      description = "Height and width of the images (${DEFAULT-VALUE}).")
  private int size = 128;

  @Option(
      names = "--width",
      paramLabel = "N",
      description = "Width multiplier of the networks' channels (${DEFAULT-VALUE}).")
  private int width = 64;

  @Option(
      names = "--skip",
      split = ",",
      paramLabel = "KIND",
      description =
          "Skip layers: none, sle, slim or several; the first is the baseline (${DEFAULT-VALUE}).")
  private List<SkipKind> skips = List.of(SkipKind.SLE, SkipKind.SLIM, SkipKind.NONE);

  @Option(
      names = "--precision",
      split = ",",
      paramLabel = "P",
      description = "float32, bfloat16 or both (${DEFAULT-VALUE}).")
  private List<Precision> precisions = List.of(Precision.FLOAT32, Precision.BFLOAT16);

  @Option(names = "--batch", paramLabel = "N", description = "Batch size (${DEFAULT-VALUE}).")
  private int batch = 8;

  @Mixin private TurnOptions turns = new TurnOptions(5, 2);

  @Option(names = "--json", description = "Print JSON.")
  private boolean json;

  @Override
  public Integer call() {
    turns.check();
    Bounds.requireAtLeast("--batch", batch, 1);
    List<SynthesisFigure.Subject> subjects = new ArrayList<>();
    for (Precision precision : precisions) {
      skips.forEach(skip -> subjects.add(new SynthesisFigure.Subject(skip, precision)));
    }
    PrintWriter err = spec.commandLine().getErr();
    List<SynthesisFigure> figures =
        SynthesisFigure.measure(
            subjects,
            size,
            width,
            batch,
            turns.warmUp(),
            turns.repeats(),
            line -> {
              err.println(line);
              err.flush();
            });
    print(figures);
    return 0;
  }

  private void print(List<SynthesisFigure> figures) {
    PrintWriter out = spec.commandLine().getOut();
    Table table =
        Table.of(
            "skips",
            "precision",
            ">step ms",
            ">of first",
            ">generator forward",
            ">augmentation",
            ">discriminator",
            ">its optimiser",
            ">generator's step");
    JsonArray rows = new JsonArray();
    for (SynthesisFigure figure : figures) {
      double step = figure.seconds().get(Part.STEP);
      double ratio = step / first(figures, figure).seconds().get(Part.STEP);
      String skip = word(figure.subject().skip());
      String precision = word(figure.subject().precision());
      table.row(
          skip,
          precision,
          milliseconds(step),
          String.format(Locale.ROOT, "%.3f", ratio),
          milliseconds(figure.seconds().get(Part.GENERATOR_FORWARD)),
          milliseconds(figure.seconds().get(Part.AUGMENTATION)),
          milliseconds(figure.discriminator()),
          milliseconds(figure.discriminatorOptimiser()),
          milliseconds(figure.generatorStep()));
      JsonObject row = new JsonObject();
      row.addProperty("skip", skip);
      row.addProperty("precision", precision);
      row.addProperty("size", size);
      row.addProperty("width", width);
      row.addProperty("batch", batch);
      row.addProperty("ratio", ratio);
      figure.seconds().forEach((part, seconds) -> row.addProperty(word(part), seconds));
      rows.add(row);
    }
    if (json) {
      Json.print(out, rows);
    } else {
      table.print(out);
      out.println(
          "Medians of the repeats in milliseconds. The discriminator's time includes the"
              + " augmentation. The generator's step covers the discriminator's pass over its"
              + " images, its gradients, optimiser and averages.");
    }
    out.flush();
  }

  private static SynthesisFigure first(List<SynthesisFigure> figures, SynthesisFigure figure) {
    return figures.stream()
        .filter(other -> other.subject().precision() == figure.subject().precision())
        .findFirst()
        .orElseThrow();
  }

  private static String word(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT);
  }

  private static String milliseconds(double seconds) {
    return String.format(Locale.ROOT, "%.1f", 1e3 * seconds);
  }
}
