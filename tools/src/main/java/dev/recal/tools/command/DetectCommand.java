package dev.recal.tools.command;

import picocli.CommandLine.Command;

/** {@code recal detect}: detection of objects with boxes and masks. */
@Command(
    name = "detect",
    description = {
      "Detect objects with boxes and masks.",
      "Detectors have the same commands as other networks: train, resume, evaluate, export, predict,"
          + " explain and serve. Recipes are scenes-mask-rcnn, coco-mask-rcnn and others."
    },
    synopsisSubcommandLabel = "COMMAND",
    subcommands = {DetectQuickstartCommand.class},
    footer = {
      "",
      "Examples:",
      "  recal detect quickstart",
      "  recal train scenes-mask-rcnn-an --out runs/scenes",
      "  recal evaluate runs/scenes",
      "  recal predict runs/scenes photos --draw drawn"
    })
public final class DetectCommand {}
