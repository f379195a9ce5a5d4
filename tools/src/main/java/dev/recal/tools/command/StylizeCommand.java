package dev.recal.tools.command;

import dev.recal.graphs.data.shards.ChangedCopy;
import dev.recal.graphs.logs.ConsoleLogs;
import dev.recal.models.style.ArbitraryStyleModel;
import dev.recal.models.style.StylizedCopy;
import dev.recal.ops.Counted;
import dev.recal.savedmodels.PredictorSettings;
import dev.recal.tools.console.Bounds;
import dev.recal.tools.console.FailureException;
import dev.recal.tools.console.Outputs;
import dev.recal.tools.console.ProgressBars;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import me.tongfei.progressbar.ProgressBar;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code recal stylize}: makes a stylised copy of images. */
@Command(
    name = "stylize",
    description = {
      "Copy images, each in the style of a random style image, as Stylized-ImageNet was made.",
      "A folder becomes a folder of PNG files. Shards of 'recal records', a zip archive of class"
          + " folders and TFRecord files become shards with the same names, classes and order.",
      "Interrupted, the same command continues. The style of an image depends on the seed and its"
          + " name."
    },
    footer = {
      "",
      "Examples:",
      "  recal stylize train --styles paintings --model models/adain --out train-stylized --seed 1",
      "  recal stylize imagenet-train --styles paintings --model models/adain --out stylized-train"
    })
public final class StylizeCommand implements Callable<Integer> {

  @Spec private CommandSpec spec;

  @Parameters(
      paramLabel = "DATA",
      description =
          "A folder of images, searched recursively; or shards, a zip archive of class folders, a"
              + " TFRecord file, or a pattern of their names.")
  private Path data;

  @Option(
      names = "--styles",
      paramLabel = "DIR",
      required = true,
      description = "A folder of style images, searched recursively.")
  private Path styles;

  @Option(
      names = "--model",
      paramLabel = "MODEL",
      required = true,
      description = "A run of the task arbitrary-style, or a SavedModel exported from one.")
  private Path model;

  @Option(names = "--out", paramLabel = "DIR", required = true, description = "The copy.")
  private Path out;

  @Option(names = "--seed", paramLabel = "N", description = "Random seed (${DEFAULT-VALUE}).")
  private long seed = 1;

  @Option(
      names = "--strength",
      paramLabel = "X",
      description = "From 0, the image's own features, to 1 (${DEFAULT-VALUE}).")
  private double strength = 1;

  @Option(
      names = "--max-size",
      paramLabel = "PIXELS",
      description = "Reduce images with a longer side than this before (default: none is reduced).")
  private Integer maxSize;

  @Option(
      names = "--style-size",
      paramLabel = "PIXELS",
      description = "Reduce style images with a longer side than this (${DEFAULT-VALUE}).")
  private int styleSize = 512;

  @Mixin private PixelOption pixels = new PixelOption();

  @Override
  public Integer call() throws IOException {
    Bounds.requireWithin("--strength", strength, 0.0, 1.0);
    Bounds.requireAtLeast("--style-size", styleSize, 1);
    if (maxSize != null) {
      Bounds.requireAtLeast("--max-size", maxSize, 1);
    }
    PredictorSettings settings = PredictorSettings.defaults().withPixels(pixels.pixels());
    ChangedCopy.Summary result;
    try (ArbitraryStyleModel opened = ArbitraryStyleModel.open(model, settings)) {
      Outputs.requireDirectory(out);
      result = copy(opened);
    }
    PrintWriter err = spec.commandLine().getErr();
    result.skipped().forEach(item -> err.println("skipped " + item));
    err.flush();
    if (result.written() + result.kept() == 0) {
      throw new FailureException("None of the files is an image that can be used.");
    }
    PrintWriter console = spec.commandLine().getOut();
    console.printf(
        Locale.ROOT,
        "%s written to %s, %,d were there already%n",
        Counted.of(result.written(), "image"),
        out,
        result.kept());
    console.flush();
    return 0;
  }

  private ChangedCopy.Summary copy(ArbitraryStyleModel opened) throws IOException {
    StylizedCopy copy =
        new StylizedCopy(styles, seed, strength, Optional.ofNullable(maxSize), styleSize);
    if (!ConsoleLogs.isTerminal()) {
      return copy.write(opened, data, out, (done, all) -> {});
    }
    try (ProgressBar bar = ProgressBars.builder("stylize").setUnit(" images", 1).build()) {
      return copy.write(opened, data, out, (done, all) -> bar.maxHint(all).stepTo(done));
    }
  }
}
