package dev.recal.tools.command;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import dev.recal.graphs.synthesis.SkipKind;
import dev.recal.graphs.synthesis.training.SynthesisBench.Part;
import dev.recal.graphs.training.Precision;
import dev.recal.tools.bench.SynthesisResult;
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
      description = "float32, bfloat16, float16 (${DEFAULT-VALUE}).")
  private List<Precision> precisions = List.of(Precision.FLOAT32, Precision.BFLOAT16);

  @Option(names = "--batch", paramLabel = "N", description = "Batch size (${DEFAULT-VALUE}).")
  private int batch = 8;

  @Mixin private RepeatOptions repeats = new RepeatOptions(5, 2);

  @Option(names = "--json", description = "Print JSON.")
  private boolean json;

  @Override
  public Integer call() {
    repeats.check();
    Bounds.requireAtLeast("--batch", batch, 1);
    List<SynthesisResult.Subject> subjects = new ArrayList<>();
    for (Precision precision : precisions) {
      skips.forEach(skip -> subjects.add(new SynthesisResult.Subject(skip, precision)));
    }
    PrintWriter err = spec.commandLine().getErr();
    List<SynthesisResult> results =
        SynthesisResult.measure(
            subjects,
            size,
            width,
            batch,
            repeats.warmUp(),
            repeats.repeats(),
            line -> {
              err.println(line);
              err.flush();
            });
    print(results);
    return 0;
  }

  private void print(List<SynthesisResult> results) {
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
    for (SynthesisResult result : results) {
      double step = result.seconds().get(Part.STEP);
      double ratio = step / first(results, result).seconds().get(Part.STEP);
      String skip = word(result.subject().skip());
      String precision = word(result.subject().precision());
      table.row(
          skip,
          precision,
          milliseconds(step),
          String.format(Locale.ROOT, "%.3f", ratio),
          milliseconds(result.seconds().get(Part.GENERATOR_FORWARD)),
          milliseconds(result.seconds().get(Part.AUGMENTATION)),
          milliseconds(result.discriminator()),
          milliseconds(result.discriminatorOptimiser()),
          milliseconds(result.generatorStep()));
      JsonObject row = new JsonObject();
      row.addProperty("skip", skip);
      row.addProperty("precision", precision);
      row.addProperty("size", size);
      row.addProperty("width", width);
      row.addProperty("batch", batch);
      row.addProperty("ratio", ratio);
      result.seconds().forEach((part, seconds) -> row.addProperty(word(part), seconds));
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

  private static SynthesisResult first(List<SynthesisResult> results, SynthesisResult result) {
    return results.stream()
        .filter(other -> other.subject().precision() == result.subject().precision())
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
