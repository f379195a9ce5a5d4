package dev.recal.tools.command;

import dev.recal.graphs.charts.PngFiles;
import dev.recal.models.predict.DistinctNames;
import dev.recal.models.predict.ImageFiles;
import dev.recal.models.predict.Predictions;
import dev.recal.models.style.StyleModel;
import dev.recal.models.style.StyleOptions;
import dev.recal.ops.Counted;
import dev.recal.savedmodels.PredictorSettings;
import dev.recal.tools.console.Bounds;
import dev.recal.tools.console.FailureException;
import dev.recal.tools.console.Outputs;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code recal style apply}: gives image files a style. */
@Command(
    name = "apply",
    description = {
      "Give image files a style. Images keep their size, and are written as PNG files.",
      "Memory grows with the image, by about 0.9 GB for each megapixel; --max-size reduces large ones."
    },
    footer = {
      "",
      "Examples:",
      "  recal style apply runs/painting photo.jpg",
      "  recal style apply models/painting photos --out stylized --strength 0.7 --max-size 1600"
    })
public final class StyleApplyCommand implements Callable<Integer> {

  @Spec private CommandSpec spec;

  @Parameters(
      index = "0",
      paramLabel = "MODEL",
      description = "Directory of a run, or a SavedModel.")
  private Path model;

  @Parameters(
      index = "1..*",
      arity = "1..*",
      paramLabel = "IMAGE",
      description = "Image files, or folders of them, searched recursively.")
  private List<Path> images = new ArrayList<>();

  @Option(
      names = "--out",
      paramLabel = "DIR",
      description = "Directory of the results, named as the images (${DEFAULT-VALUE}).")
  private Path out = Path.of("stylized");

  @Option(
      names = "--strength",
      paramLabel = "X",
      description =
          "From 0, the image itself, to 1; between them colours are mixed (${DEFAULT-VALUE}).")
  private double strength = 1;

  @Option(
      names = "--max-size",
      paramLabel = "PIXELS",
      description = "Reduce images with a longer side than this before (default: none is reduced).")
  private Integer maxSize;

  @Option(names = "--strict", description = "Fail on unusable images instead of skipping them.")
  private boolean strict;

  @Option(names = "--force", description = "Overwrite existing files.")
  private boolean force;

  @Mixin private PixelOption pixels = new PixelOption();

  @Override
  public Integer call() throws IOException {
    Bounds.requireWithin("--strength", strength, 0.0, 1.0);
    if (maxSize != null) {
      Bounds.requireAtLeast("--max-size", maxSize, 1);
    }
    PredictorSettings settings = PredictorSettings.defaults().withPixels(pixels.pixels());
    Outputs.requireAbsent(out, force);
    List<ImageFiles.ImageFile> files = ImageFiles.find(images);
    List<Predictions.Skipped> skipped = apply(files, settings);
    PrintWriter err = spec.commandLine().getErr();
    skipped.forEach(skip -> err.println("skipped " + skip.file() + ": " + skip.reason()));
    err.flush();
    int written = files.size() - skipped.size();
    if (written == 0) {
      throw new FailureException("None of the files is an image that can be used.");
    }
    PrintWriter console = spec.commandLine().getOut();
    console.println(Counted.of(written, "image") + " in " + out);
    console.flush();
    return 0;
  }

  private List<Predictions.Skipped> apply(
      List<ImageFiles.ImageFile> files, PredictorSettings settings) throws IOException {
    StyleOptions options = new StyleOptions(strength, Optional.ofNullable(maxSize));
    DistinctNames names = new DistinctNames();
    try (StyleModel opened = StyleModel.open(model, settings)) {
      return opened.stylize(
          files,
          options,
          strict,
          (file, image) ->
              PngFiles.write(out.resolve(names.of(file.file()) + ".png"), image::picture));
    }
  }
}
