package dev.recal.tools.command;

import dev.recal.models.style.ArbitraryStyleModel;
import dev.recal.models.style.StylizedCopy;
import dev.recal.savedmodels.PredictorSettings;
import dev.recal.tools.console.Bounds;
import dev.recal.tools.console.FailureException;
import dev.recal.tools.console.Outputs;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code recal stylize}: makes a stylised copy of a folder. */
@Command(
    name = "stylize",
    description = {
      "Copy a folder of images, each in the style of a random style image, as Stylized-ImageNet was"
          + " made.",
      "Folders are kept, results are PNG files. Interrupted, the same command continues. The style of"
          + " an image depends on the seed and its path."
    },
    footer = {
      "",
      "Example:",
      "  recal stylize train --styles paintings --model models/adain --out train-stylized --seed 1"
    })
public final class StylizeCommand implements Callable<Integer> {

  @Spec private CommandSpec spec;

  @Parameters(paramLabel = "DATA", description = "A folder of images, searched recursively.")
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
    StylizedCopy copy =
        new StylizedCopy(styles, seed, strength, Optional.ofNullable(maxSize), styleSize);
    StylizedCopy.Result result;
    try (ArbitraryStyleModel opened = ArbitraryStyleModel.open(model, settings)) {
      Outputs.requireDirectory(out);
      result = copy.write(opened, model.toString(), data, out, done -> {});
    }
    PrintWriter err = spec.commandLine().getErr();
    result.skipped().forEach(skip -> err.println("skipped " + skip));
    err.flush();
    if (result.written() + result.kept() == 0) {
      throw new FailureException("None of the files is an image that can be used.");
    }
    PrintWriter console = spec.commandLine().getOut();
    console.printf(
        Locale.ROOT,
        "%,d images written to %s, %,d were there already%n",
        result.written(),
        out,
        result.kept());
    console.flush();
    return 0;
  }
}
