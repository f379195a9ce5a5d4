package dev.recal.tools.command;

import picocli.CommandLine.Command;

/** {@code recal synthesize}: few-shot image synthesis. */
@Command(
    name = "synthesize",
    description = {
      "Train and use an image generator on a folder of a few dozen to a few thousand images.",
      "MODEL is the directory of a run, or a SavedModel written by 'recal export'."
    },
    synopsisSubcommandLabel = "COMMAND",
    subcommands = {
      SynthesizeTrainCommand.class,
      SynthesizeSampleCommand.class,
      SynthesizeInterpolateCommand.class,
      SynthesizeMixCommand.class,
      SynthesizeProjectCommand.class,
      SynthesizeEvaluateCommand.class,
      SynthesizeLpipsCommand.class
    },
    footer = {
      "",
      "Examples:",
      "  recal synthesize train photos --size 128 --skip slim --out runs/photos",
      "  recal synthesize sample runs/photos --count 64 --seed 7 --out grid.png",
      "  recal synthesize interpolate runs/photos --out strip.png --gif morph.gif",
      "  recal synthesize mix runs/photos --out mixed.png",
      "  recal synthesize project runs/photos photo.jpg --out projected.png --z photo.json",
      "  recal synthesize evaluate runs/photos photos --count 1000",
      "  recal export runs/photos models/photos"
    })
public final class SynthesizeCommand {}
