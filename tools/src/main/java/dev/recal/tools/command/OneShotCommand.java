package dev.recal.tools.command;

import picocli.CommandLine.Command;

/** {@code recal oneshot}: one-shot image synthesis. */
@Command(
    name = "oneshot",
    description = {
      "Train a pyramid of generators on one image, generate similar ones, and edit it.",
      "MODEL is the directory of a run, or a SavedModel written by 'recal export'. Scales are numbered"
          + " from 0, the smallest; a lower start scale changes more of the image."
    },
    synopsisSubcommandLabel = "COMMAND",
    subcommands = {
      OneShotTrainCommand.class,
      OneShotSampleCommand.class,
      OneShotHarmonizeCommand.class,
      OneShotEditCommand.class,
      OneShotPaintCommand.class,
      OneShotSuperresCommand.class,
      OneShotAnimateCommand.class,
      OneShotEvaluateCommand.class
    },
    footer = {
      "",
      "Examples:",
      "  recal oneshot train photo.jpg --out runs/photo",
      "  recal oneshot sample runs/photo --size 400x250 --count 16 --out samples.png",
      "  recal oneshot harmonize runs/photo --reference pasted.png --mask mask.png",
      "  recal oneshot edit runs/photo --reference moved.png --mask mask.png",
      "  recal oneshot paint runs/photo --painting painted.png",
      "  recal oneshot superres photo.jpg --factor 4 --out large.png",
      "  recal oneshot animate runs/photo --out photo.gif",
      "  recal oneshot evaluate runs/photo",
      "  recal export runs/photo models/photo"
    })
public final class OneShotCommand {}
