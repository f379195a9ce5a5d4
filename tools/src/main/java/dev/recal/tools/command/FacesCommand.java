package dev.recal.tools.command;

import picocli.CommandLine.Command;

/** {@code recal faces}: face recognition by embeddings. */
@Command(
    name = "faces",
    description = {
      "Evaluate networks that map faces to embeddings: verification of pairs, identification among"
          + " distractors; and align photographs by landmarks.",
      "MODEL is the directory of a run, or a SavedModel written by 'recal export'."
    },
    synopsisSubcommandLabel = "COMMAND",
    subcommands = {
      FacesDrawCommand.class,
      FacesAlignCommand.class,
      FacesVerifyCommand.class,
      FacesIdentifyCommand.class,
      FacesEmbedCommand.class
    },
    footer = {
      "",
      "Examples:",
      "  recal faces draw --out faces --identities 100 --images 6",
      "  recal faces align photos --points landmarks.csv --out aligned",
      "  recal faces verify runs/faces aligned --pairs pairs.txt --out verification",
      "  recal faces identify runs/faces --probes probes --distractors others",
      "  recal faces embed runs/faces aligned --out embeddings.npy"
    })
public final class FacesCommand {}
