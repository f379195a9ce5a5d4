package dev.recal.tools.command;

import dev.recal.graphs.synthesis.oneshot.edit.ColourClusters;
import dev.recal.graphs.synthesis.oneshot.image.OneShotImage;
import dev.recal.models.synthesis.oneshot.OneShotModel;
import dev.recal.models.synthesis.oneshot.Painting;
import dev.recal.tools.console.Bounds;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code recal oneshot paint}: turns a painting into an image like the training image. */
@Command(
    name = "paint",
    description = {
      "Turn a painting of flat colours into an image with the textures of the training image.",
      "The painting gets the main colours of the training image, and is refined from the start scale"
          + " on."
    },
    footer = {
      "",
      "Examples:",
      "  recal oneshot paint runs/photo --painting painted.png --out photo.png",
      "  recal oneshot paint runs/photo --painting painted.png --start-scale 2 --no-quantize"
    })
public final class OneShotPaintCommand implements Callable<Integer> {

  @Spec private CommandSpec spec;

  @Parameters(paramLabel = "MODEL", description = "Directory of a run, or a SavedModel.")
  private Path model;

  @Option(
      names = "--painting",
      required = true,
      paramLabel = "FILE",
      description =
          "The painting; of another size with the training image's proportions, it is resized.")
  private Path painting;

  @Option(
      names = "--start-scale",
      paramLabel = "N",
      description = "First scale that refines, from 1 (1).")
  private Integer startScale;

  @Option(
      names = "--colours",
      paramLabel = "N",
      description = "Number of main colours (${DEFAULT-VALUE}).")
  private int colours = ColourClusters.DEFAULT_COLOURS;

  @Option(names = "--no-quantize", description = "Keep the painting's own colours.")
  private boolean unchanged;

  @Mixin private OneShotPictureOptions picture = new OneShotPictureOptions();

  @Override
  public Integer call() throws IOException {
    Bounds.requireWithin("--colours", colours, 1, OneShotMaskOptions.MAX_COLOURS);
    Path out = picture.checked("painted.png");
    OneShotImage read = picture.read(painting);
    try (OneShotModel opened = OneShotModel.open(model)) {
      int start = startScale == null ? Painting.scale(opened.pyramid()) : startScale;
      OneShotImage result =
          new Painting(unchanged ? 0 : colours, start, picture.seed()).apply(opened, read);
      OneShotPictureOptions.write(spec.commandLine().getOut(), result, out);
    }
    return 0;
  }
}
