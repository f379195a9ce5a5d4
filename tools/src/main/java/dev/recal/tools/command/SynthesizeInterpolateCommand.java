package dev.recal.tools.command;

import dev.recal.graphs.charts.AnimatedGif;
import dev.recal.graphs.charts.ImageGrid;
import dev.recal.graphs.charts.PngFiles;
import dev.recal.graphs.synthesis.latent.Latents;
import dev.recal.models.synthesis.ImageGenerator;
import dev.recal.ops.Counted;
import dev.recal.tools.console.Bounds;
import dev.recal.tools.console.Outputs;
import dev.recal.tools.console.UsageException;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code recal synthesize interpolate}: interpolates between images. */
@Command(
    name = "interpolate",
    description = {
      "Interpolate between images in the latent space: a strip of images, an animation, or numbered"
          + " frames for a video.",
      "The interpolation is spherical."
    },
    footer = {
      "",
      "Examples:",
      "  recal synthesize interpolate runs/photos --count 5 --out strip.png --gif morph.gif",
      "  recal synthesize interpolate runs/photos --steps 30 --loop --frames frames",
      "  ffmpeg -framerate 25 -i frames/%%06d.png -pix_fmt yuv420p morph.mp4"
    })
public final class SynthesizeInterpolateCommand implements Callable<Integer> {

  @Spec private CommandSpec spec;

  @Parameters(paramLabel = "MODEL", description = "Directory of a run, or a SavedModel.")
  private Path model;

  @Option(
      names = "--count",
      paramLabel = "N",
      description = "Number of latent vectors to interpolate between (4).")
  private Integer count;

  @Mixin private LatentOptions latents = new LatentOptions();

  @Option(
      names = "--steps",
      paramLabel = "N",
      description = "Steps between two vectors (${DEFAULT-VALUE}).")
  private int steps = 8;

  @Option(names = "--loop", description = "Return to the first vector at the end.")
  private boolean loop;

  @Option(
      names = "--out",
      paramLabel = "FILE",
      description =
          "PNG file with one row per pair of vectors (default: interpolation.png if no output is"
              + " given).")
  private Path out;

  @Option(names = "--gif", paramLabel = "FILE", description = "Animated GIF file.")
  private Path gif;

  @Option(
      names = "--delay",
      paramLabel = "MS",
      description = "Duration of a frame in the GIF, in milliseconds (${DEFAULT-VALUE}).")
  private int delay = 80;

  @Option(
      names = "--frames",
      paramLabel = "DIR",
      description = "Directory for the frames 000000.png, 000001.png, …")
  private Path frames;

  @Option(names = "--force", description = "Overwrite existing files.")
  private boolean force;

  @Override
  public Integer call() throws IOException {
    latents.check(count, 4, 2);
    Bounds.requireWithin("--steps", steps, 1, 1000);
    Bounds.requireWithin("--delay", delay, 20, 60_000);
    Path strip = out == null && gif == null && frames == null ? Path.of("interpolation.png") : out;
    Outputs.requireAllWritable(force, strip, gif);
    Outputs.requireAbsent(frames, force);
    try (ImageGenerator generator = ImageGenerator.open(model)) {
      float[] vectors = latents.vectors(generator.latent());
      float[] path = Latents.path(vectors, generator.latent(), steps, loop);
      write(generator, path, vectors.length / generator.latent(), strip);
    }
    return 0;
  }

  // In batches: only an animation is kept in memory, since it shows frames twice.
  private void write(ImageGenerator generator, float[] path, int vectors, Path strip) {
    int size = generator.size();
    int latent = generator.latent();
    int all = path.length / latent;
    int rows = loop ? vectors : vectors - 1;
    ImageGrid sheet =
        strip == null
            ? null
            : UsageException.check(() -> new ImageGrid(rows, steps + 1, size, size));
    List<BufferedImage> pictures = new ArrayList<>();
    int batch = ImageGenerator.batch(size);
    for (int from = 0; from < all; from += batch) {
      int end = Math.min(all, from + batch);
      float[] images = generator.generate(Arrays.copyOfRange(path, from * latent, end * latent));
      for (int i = from; i < end; i++) {
        BufferedImage picture = ImageGrid.single(images, size, i - from);
        if (sheet != null) {
          place(sheet, rows, i, images, i - from);
        }
        if (gif != null) {
          pictures.add(picture);
        }
        if (frames != null) {
          PngFiles.write(frames.resolve(String.format(Locale.ROOT, "%06d.png", i)), () -> picture);
        }
      }
    }
    if (sheet != null) {
      PngFiles.write(strip, sheet::image);
    }
    if (gif != null) {
      AnimatedGif.write(gif, withReverse(pictures), delay);
    }
    report(all, size, strip);
  }

  // The vectors themselves end one row and begin the next.
  private void place(ImageGrid sheet, int rows, int number, float[] images, int index) {
    int row = number / steps;
    int step = number % steps;
    if (row < rows) {
      sheet.put(row, step, images, index);
    }
    if (step == 0 && row > 0) {
      sheet.put(row - 1, steps, images, index);
    }
    if (loop && number == 0) {
      sheet.put(rows - 1, steps, images, index);
    }
  }

  // If the path is not closed, the animation runs back in reverse order.
  private List<BufferedImage> withReverse(List<BufferedImage> pictures) {
    List<BufferedImage> all = new ArrayList<>(pictures);
    if (!loop) {
      for (int i = pictures.size() - 2; i > 0; i--) {
        all.add(pictures.get(i));
      }
    }
    return all;
  }

  private void report(int all, int size, Path strip) {
    PrintWriter console = spec.commandLine().getOut();
    console.printf(Locale.ROOT, "%s of %d×%d%n", Counted.of(all, "image"), size, size);
    if (strip != null) {
      console.println("Strip: " + strip);
    }
    if (gif != null) {
      console.println("Animation: " + gif);
    }
    if (frames != null) {
      console.println("Frames: " + frames);
    }
    console.flush();
  }
}
