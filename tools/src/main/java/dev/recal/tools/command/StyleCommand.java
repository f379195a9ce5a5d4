package dev.recal.tools.command;

import picocli.CommandLine.Command;

/** {@code recal style}: style transfer. */
@Command(
    name = "style",
    description = {
      "Train a network that gives photographs the style of one image, and apply it.",
      "MODEL is the directory of a run, or a SavedModel written by 'recal export'. Without a loss"
          + " network, random features are compared instead of VGG's, and every report says so."
    },
    synopsisSubcommandLabel = "COMMAND",
    subcommands = {
      StyleTrainCommand.class,
      StyleApplyCommand.class,
      StyleCompareCommand.class,
      StyleNetworkCommand.class
    },
    footer = {
      "",
      "Examples:",
      "  recal style network vgg16 vgg16.safetensors --out models/vgg16",
      "  recal style train painting.jpg --content photos --loss-network models/vgg16",
      "  recal style apply runs/painting photos --out stylized --strength 0.8",
      "  recal style compare painting.jpg --content photos --steps 2000 --out comparison",
      "  recal export runs/painting models/painting"
    })
public final class StyleCommand {}
