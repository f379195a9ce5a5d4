package dev.recal.tools.command;

import dev.recal.models.faces.AlignedFaces;
import dev.recal.models.faces.FaceAlignment;
import dev.recal.models.faces.FaceLandmarks;
import dev.recal.ops.Counted;
import dev.recal.tools.console.Bounds;
import dev.recal.tools.console.FailureException;
import dev.recal.tools.console.Outputs;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code recal faces align}: aligns faces by five landmarks. */
@Command(
    name = "align",
    description = {
      "Copy photographs with the face turned, scaled and cropped to ArcFace's template, by the"
          + " positions of the eyes, the nose and the corners of the mouth.",
      "Folders are kept, results are PNG files. Interrupted, the same command continues."
    },
    footer = {
      "",
      "The points file has a line for each image: its path in IMAGES and x and y of the five points,",
      "left before right as seen in the image, separated by commas, tabs or spaces. CelebA's",
      "list_landmarks_align_celeba.txt is one.",
      "",
      "Example:",
      "  recal faces align photos --points landmarks.csv --out aligned"
    })
public final class FacesAlignCommand implements Callable<Integer> {

  @Spec private CommandSpec spec;

  @Parameters(paramLabel = "IMAGES", description = "The folder that the paths are relative to.")
  private Path images;

  @Option(
      names = "--points",
      paramLabel = "FILE",
      required = true,
      description = "Paths of images with five points each.")
  private Path points;

  @Option(names = "--out", paramLabel = "DIR", required = true, description = "The copy.")
  private Path out;

  @Option(
      names = "--size",
      paramLabel = "PIXELS",
      description = "Height and width of the results (${DEFAULT-VALUE}).")
  private int size = FaceAlignment.TEMPLATE_SIZE;

  @Option(names = "--strict", description = "Fail if an image is unusable or missing.")
  private boolean strict;

  @Mixin private PixelOption pixels = new PixelOption();

  @Override
  public Integer call() throws IOException {
    Bounds.requireWithin("--size", size, 1, 4096);
    FaceAlignment alignment = new FaceAlignment(size);
    long limit = pixels.pixels();
    Outputs.requireDirectory(out);
    List<FaceLandmarks> faces = FaceLandmarks.read(points);
    AlignedFaces result;
    try (CountedProgress progress = new CountedProgress("align", faces.size())) {
      result = AlignedFaces.write(images, faces, alignment, limit, out, progress::show);
    }
    PrintWriter err = spec.commandLine().getErr();
    result.skipped().forEach(skip -> err.println("skipped " + skip));
    err.flush();
    int skipped = result.skipped().size();
    if (result.written() + result.kept() == 0 || strict && skipped > 0) {
      throw new FailureException(
          String.format(
              Locale.ROOT, "%,d of %,d images cannot be aligned.", skipped, faces.size()));
    }
    PrintWriter console = spec.commandLine().getOut();
    console.printf(
        Locale.ROOT,
        "%s written to %s, %,d were there already%n",
        Counted.of(result.written(), "image"),
        out,
        result.kept());
    console.flush();
    return 0;
  }
}
