package dev.recal.tools.command;

import dev.recal.graphs.synthesis.oneshot.edit.ColourClusters;
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

/** {@code recal oneshot edit}: makes copied and moved regions seamless. */
@Command(
    name = "edit",
    description = {
      "Make a training image whose regions were copied, moved or painted over seamless again.",
      "The reference is refined from the start scale on, and blended into the training image where the"
          + " mask is white; outside it the result is the training image."
    },
    footer = {
      "",
      "Examples:",
      "  recal oneshot edit runs/photo --reference moved.png --mask mask.png",
      "  recal oneshot edit runs/photo --reference moved.png --mask mask.png --quantize"
    })
public final class OneShotEditCommand implements Callable<Integer> {

  @Spec private CommandSpec spec;

  @Parameters(paramLabel = "MODEL", description = "Directory of a run, or a SavedModel.")
  private Path model;

  @Mixin private OneShotMaskOptions masked = new OneShotMaskOptions();

  @Option(
      names = "--start-scale",
      paramLabel = "N",
      description = "First scale that refines, from 1 (default: the middle one).")
  private Integer startScale;

  @Option(
      names = "--radius",
      paramLabel = "PIXELS",
      description = "Radius by which the mask is dilated (${DEFAULT-VALUE}).")
  private int radius = EditMask.EDITING_RADIUS;

  @Option(
      names = "--quantize",
      description =
          "Give the reference the main colours of the training image first, like 'paint'.")
  private boolean quantize;

  @Option(
      names = "--colours",
      paramLabel = "N",
      description = "Number of main colours with --quantize (${DEFAULT-VALUE}).")
  private int colours = ColourClusters.DEFAULT_COLOURS;

  @Mixin private OneShotPictureOptions picture = new OneShotPictureOptions();

  @Override
  public Integer call() throws IOException {
    Bounds.requireWithin("--radius", radius, 0, OneShotMaskOptions.MAX_RADIUS);
    Bounds.requireWithin("--colours", colours, 1, OneShotMaskOptions.MAX_COLOURS);
    Path out = picture.checked("edited.png");
    OneShotImage reference = picture.read(masked.reference());
    OneShotImage mask = picture.read(masked.mask());
    try (OneShotModel opened = OneShotModel.open(model)) {
      int start = startScale == null ? MaskedRefinement.editingScale(opened.pyramid()) : startScale;
      OneShotImage result =
          new MaskedRefinement(radius, quantize ? colours : 0, start, picture.seed())
              .apply(opened, reference, mask);
      OneShotPictureOptions.write(spec.commandLine().getOut(), result, out);
    }
    return 0;
  }
}
