package dev.recal.tools.command;

import dev.recal.graphs.synthesis.oneshot.edit.EditMask;
import dev.recal.graphs.synthesis.oneshot.image.OneShotImage;
import dev.recal.models.synthesis.oneshot.MaskedRefinement;
import dev.recal.models.synthesis.oneshot.OneShotModel;
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

/** {@code recal oneshot harmonize}: fits a pasted object into the training image. */
@Command(
    name = "harmonize",
    description = {
      "Give an object that was pasted into the training image the colours and textures of that image.",
      "The reference is refined from the start scale on, and blended into the training image where the"
          + " mask is white; outside it the result is the training image."
    },
    footer = {
      "",
      "Examples:",
      "  recal oneshot harmonize runs/photo --reference pasted.png --mask mask.png",
      "  recal oneshot harmonize runs/photo --reference pasted.png --mask mask.png --start-scale 4"
    })
public final class OneShotHarmonizeCommand implements Callable<Integer> {

  @Spec private CommandSpec spec;

  @Parameters(paramLabel = "MODEL", description = "Directory of a run, or a SavedModel.")
  private Path model;

  @Mixin private OneShotMaskOptions masked = new OneShotMaskOptions();

  @Option(
      names = "--start-scale",
      paramLabel = "N",
      description = "First scale that refines, from 1 (default: the third from the end).")
  private Integer startScale;

  @Option(
      names = "--radius",
      paramLabel = "PIXELS",
      description = "Radius by which the mask is dilated (${DEFAULT-VALUE}).")
  private int radius = EditMask.HARMONISATION_RADIUS;

  @Mixin private OneShotPictureOptions picture = new OneShotPictureOptions();

  @Override
  public Integer call() throws IOException {
    Bounds.requireWithin("--radius", radius, 0, OneShotMaskOptions.MAX_RADIUS);
    Path out = picture.checked("harmonized.png");
    OneShotImage reference = picture.read(masked.reference());
    OneShotImage mask = picture.read(masked.mask());
    try (OneShotModel opened = OneShotModel.open(model)) {
      int start =
          startScale == null ? MaskedRefinement.harmonisationScale(opened.pyramid()) : startScale;
      OneShotImage result =
          new MaskedRefinement(radius, 0, start, picture.seed()).apply(opened, reference, mask);
      OneShotPictureOptions.write(spec.commandLine().getOut(), result, out);
    }
    return 0;
  }
}
