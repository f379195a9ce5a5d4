package dev.recal.tools.command;

import dev.recal.graphs.charts.AnimatedGif;
import dev.recal.graphs.charts.PngFiles;
import dev.recal.graphs.logs.ConsoleLogs;
import dev.recal.graphs.synthesis.oneshot.Pyramid;
import dev.recal.models.synthesis.oneshot.Animation;
import dev.recal.models.synthesis.oneshot.OneShotModel;
import dev.recal.tools.console.Bounds;
import dev.recal.tools.console.Outputs;
import dev.recal.tools.console.ProgressBars;
import dev.recal.tools.console.UsageException;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import me.tongfei.progressbar.ProgressBar;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code recal oneshot animate}: an animation of the training image. */
@Command(
    name = "animate",
    description = {
      "Animate the training image by a random walk of the generators' noise: an animated GIF, numbered"
          + " frames for a video, or both."
    },
    footer = {
      "",
      "Examples:",
      "  recal oneshot animate runs/photo --out photo.gif",
      "  recal oneshot animate runs/photo --start-scale 1 --beta 0.8 --frames frames",
      "  ffmpeg -framerate 10 -i frames/%%06d.png -pix_fmt yuv420p photo.mp4"
    })
public final class OneShotAnimateCommand implements Callable<Integer> {

  private static final int MAX_FRAMES = 10_000;
  // Of a GIF, whose frames are in memory.
  private static final long MAX_PIXELS = 1L << 27;
  private static final int MAX_RATE = 50;
  private static final int SECOND = 1000;

  @Spec private CommandSpec spec;

  @Parameters(paramLabel = "MODEL", description = "Directory of a run, or a SavedModel.")
  private Path model;

  @Option(
      names = "--start-scale",
      paramLabel = "N",
      description = "First scale whose noise changes (default: 2, or the last one).")
  private Integer startScale;

  @Option(
      names = "--alpha",
      paramLabel = "A",
      description =
          "How near the frames stay to the training image, from 0 to 1 (${DEFAULT-VALUE}).")
  private double alpha = 0.1;

  @Option(
      names = "--beta",
      paramLabel = "B",
      description = "How smooth the movement is, from 0 to 1 (${DEFAULT-VALUE}).")
  private double beta = 0.9;

  @Option(names = "--count", paramLabel = "N", description = "Number of frames (${DEFAULT-VALUE}).")
  private int count = 100;

  @Option(
      names = "--fps",
      paramLabel = "N",
      description = "Frames per second of the GIF, up to 50 (${DEFAULT-VALUE}).")
  private int fps = 10;

  @Option(names = "--seed", paramLabel = "N", description = "Random seed (${DEFAULT-VALUE}).")
  private long seed;

  @Option(
      names = "--out",
      paramLabel = "FILE",
      description = "Animated GIF file (default: animation.gif, without --frames).")
  private Path out;

  @Option(
      names = "--frames",
      paramLabel = "DIR",
      description = "Directory for the frames 000000.png, 000001.png, …")
  private Path frames;

  @Option(names = "--force", description = "Overwrite existing files.")
  private boolean force;

  @Override
  public Integer call() throws IOException {
    Bounds.requireWithin("--count", count, 1, MAX_FRAMES);
    Bounds.requireWithin("--fps", fps, 1, MAX_RATE);
    Bounds.requireWithin("--alpha", alpha, 0, 1);
    Bounds.requireWithin("--beta", beta, 0, 1);
    Path gif = out == null && frames == null ? Path.of("animation.gif") : out;
    Outputs.requireAllWritable(force, gif);
    Outputs.requireAbsent(frames, force);
    try (OneShotModel opened = OneShotModel.open(model)) {
      Pyramid sizes = opened.pyramid();
      if (gif != null && (long) count * sizes.height() * sizes.width() > MAX_PIXELS) {
        throw new UsageException(
            String.format(
                Locale.ROOT,
                "--count: expected a GIF of at most %,d pixels in all frames, but got %d frames of"
                    + " %d×%d; write more with --frames.",
                MAX_PIXELS,
                count,
                sizes.width(),
                sizes.height()));
      }
      int start = startScale == null ? Animation.scale(sizes) : startScale;
      Bounds.requireWithin("--start-scale", start, 0, sizes.last());
      write(opened, new Animation(alpha, beta, start, count, seed), gif);
    }
    return 0;
  }

  private void write(OneShotModel opened, Animation animation, Path gif) {
    List<BufferedImage> pictures = new ArrayList<>();
    int[] made = {0};
    try (ProgressBar bar = ConsoleLogs.isTerminal() ? bar() : null) {
      animation.generate(
          opened,
          image -> {
            BufferedImage picture = image.picture();
            if (gif != null) {
              pictures.add(picture);
            }
            if (frames != null) {
              String name = String.format(Locale.ROOT, "%06d.png", made[0]);
              PngFiles.write(frames.resolve(name), () -> picture);
            }
            made[0]++;
            if (bar != null) {
              bar.stepTo(made[0]);
            }
          });
    }
    PrintWriter console = spec.commandLine().getOut();
    Pyramid sizes = opened.pyramid();
    console.printf(Locale.ROOT, "%,d frames of %d×%d%n", made[0], sizes.width(), sizes.height());
    if (gif != null) {
      AnimatedGif.write(gif, pictures, SECOND / fps);
      console.println("Animation: " + gif);
    }
    if (frames != null) {
      console.println("Frames: " + frames);
    }
    console.flush();
  }

  private ProgressBar bar() {
    return ProgressBars.builder("frames").setInitialMax(count).build();
  }
}
