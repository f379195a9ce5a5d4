package dev.recal.tools.command;

import dev.recal.graphs.data.source.DrawnFaces;
import dev.recal.graphs.data.source.Textures;
import dev.recal.models.faces.DrawnFaceFolder;
import dev.recal.tools.console.Bounds;
import dev.recal.tools.console.Outputs;
import dev.recal.tools.console.UsageException;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code recal faces draw}: draws faces with pairs and landmarks. */
@Command(
    name = "draw",
    description = {
      "Draw faces of random identities, to try training, alignment and verification without a"
          + " download.",
      "Writes NAME/NAME_0001.png and so on, pairs.txt in the form of LFW, and landmarks.txt with five"
          + " points for each image. The identities are not those that the recipe faces-drawn trains"
          + " on."
    },
    footer = {
      "",
      "Example:",
      "  recal faces draw --out faces --identities 100 --images 6 --seed 1"
    })
public final class FacesDrawCommand implements Callable<Integer> {

  @Spec private CommandSpec spec;

  @Option(names = "--out", paramLabel = "DIR", required = true, description = "The folder.")
  private Path out;

  @Option(
      names = "--identities",
      paramLabel = "N",
      description = "Number of identities (${DEFAULT-VALUE}).")
  private int identities = 100;

  @Option(
      names = "--images",
      paramLabel = "N",
      description = "Number of images of each identity (${DEFAULT-VALUE}).")
  private int images = 6;

  @Option(
      names = "--size",
      paramLabel = "PIXELS",
      description = "Height and width of the images (${DEFAULT-VALUE}).")
  private int size = 112;

  @Option(
      names = "--movement",
      paramLabel = "X",
      description = {
        "How far faces are moved, turned and scaled in the image: 0 for not at all, 1 for what"
            + " alignment usually leaves, 4 for images to be aligned (${DEFAULT-VALUE})."
      })
  private double movement = 1;

  @Option(
      names = "--folds",
      paramLabel = "N",
      description = "Folds of the pairs, each with its own identities (${DEFAULT-VALUE}).")
  private int folds = 10;

  @Option(
      names = "--pairs",
      paramLabel = "N",
      description = {
        "Pairs of one identity in each fold, and of different ones, at most (${DEFAULT-VALUE})."
      })
  private int pairs = 300;

  @Option(
      names = "--training",
      description = "Draw the identities that the recipe faces-drawn trains on.")
  private boolean training;

  @Option(names = "--seed", paramLabel = "N", description = "Random seed (${DEFAULT-VALUE}).")
  private long seed;

  @Override
  public Integer call() throws IOException {
    Bounds.requireAtLeast("--folds", folds, 2);
    Bounds.requireAtLeast("--pairs", pairs, 1);
    Textures.Split split = training ? Textures.Split.TRAIN : Textures.Split.TEST;
    DrawnFaceFolder folder =
        UsageException.check(
            () ->
                DrawnFaceFolder.of(
                    new DrawnFaces(split, identities, images, size, movement, seed), folds, pairs));
    Outputs.requireNew(out);
    try (CountedProgress progress = new CountedProgress("draw", (long) identities * images)) {
      folder.write(out, progress::show);
    }
    PrintWriter console = spec.commandLine().getOut();
    console.printf(
        Locale.ROOT,
        "%,d images of %,d identities in %s, with %,d pairs in %s and five points each in %s%n",
        identities * images,
        identities,
        out,
        folder.pairs().pairs().size(),
        DrawnFaceFolder.PAIRS,
        DrawnFaceFolder.LANDMARKS);
    console.flush();
    return 0;
  }
}
