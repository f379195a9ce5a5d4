package dev.recal.tools.command;

import dev.recal.graphs.charts.ImageGrid;
import dev.recal.graphs.charts.PngFiles;
import dev.recal.graphs.synthesis.oneshot.PyramidCalls;
import dev.recal.graphs.synthesis.oneshot.image.OneShotImage;
import dev.recal.models.synthesis.oneshot.OneShotModel;
import dev.recal.ops.Counted;
import dev.recal.tools.console.Bounds;
import dev.recal.tools.console.Outputs;
import dev.recal.tools.console.UsageException;
import dev.recal.tools.oneshot.ImageSize;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code recal oneshot sample}: generates images. */
@Command(
    name = "sample",
    description = {
      "Generate images of any size as a grid in one PNG file, as single PNG files, or both.",
      "Scales below --start-scale keep the layout of the training image. Equal seeds give equal images;"
          + " a larger count adds images."
    },
    footer = {
      "",
      "Examples:",
      "  recal oneshot sample runs/photo --count 16 --seed 7 --out grid.png",
      "  recal oneshot sample runs/photo --start-scale 2 --size 500x200 --count 1 --out wide.png",
      "  recal oneshot sample models/photo --count 50 --files samples"
    })
public final class OneShotSampleCommand implements Callable<Integer> {

  private static final int MAX = 1_000_000;

  @Spec private CommandSpec spec;

  @Parameters(paramLabel = "MODEL", description = "Directory of a run, or a SavedModel.")
  private Path model;

  @Option(
      names = "--start-scale",
      paramLabel = "N",
      description = "Scale at which randomness begins (${DEFAULT-VALUE}).")
  private int startScale;

  @Option(
      names = "--size",
      paramLabel = "WxH",
      converter = ImageSize.Converter.class,
      description = "Width and height of the images (default: those of the training image).")
  private ImageSize size;

  @Option(names = "--count", paramLabel = "N", description = "Number of images (${DEFAULT-VALUE}).")
  private int count = 16;

  @Option(names = "--seed", paramLabel = "N", description = "Random seed (${DEFAULT-VALUE}).")
  private long seed;

  @Option(
      names = "--out",
      paramLabel = "FILE",
      description = "PNG file for the grid (default: samples.png, without --files).")
  private Path out;

  @Option(
      names = "--columns",
      paramLabel = "N",
      description = "Columns of the grid (default: about as many as rows).")
  private Integer columns;

  @Option(
      names = "--files",
      paramLabel = "DIR",
      description = "Directory for single images 000000.png, 000001.png, …")
  private Path files;

  @Option(names = "--force", description = "Overwrite existing files.")
  private boolean force;

  @Override
  public Integer call() throws IOException {
    Bounds.requireWithin("--count", count, 1, MAX);
    Bounds.requireAtLeast("--start-scale", startScale, 0);
    if (columns != null) {
      Bounds.requireAtLeast("--columns", columns, 1);
    }
    Path grid = out == null && files == null ? Path.of("samples.png") : out;
    Outputs.requireAllWritable(force, grid);
    Outputs.requireAbsent(files, force);
    try (OneShotModel opened = OneShotModel.open(model)) {
      int height = size == null ? opened.pyramid().height() : size.height();
      int width = size == null ? opened.pyramid().width() : size.width();
      write(opened, new PyramidCalls.Samples(seed, count, height, width, startScale), grid);
    }
    return 0;
  }

  // Image by image, so that any number can be written to single files.
  private void write(OneShotModel opened, PyramidCalls.Samples samples, Path grid) {
    opened.sizes(samples.height(), samples.width());
    int across = Math.min(count, columns == null ? ImageGrid.columns(count) : columns);
    int rows = (count + across - 1) / across;
    ImageGrid sheet =
        grid == null
            ? null
            : UsageException.check(
                () -> new ImageGrid(rows, across, samples.height(), samples.width()));
    int[] written = {0};
    opened.generate(
        samples,
        image -> {
          write(image, sheet, across, written[0]);
          written[0]++;
        });
    if (sheet != null) {
      PngFiles.write(grid, sheet::image);
    }
    report(samples, grid);
  }

  private void write(OneShotImage image, ImageGrid sheet, int across, int number) {
    if (sheet != null) {
      sheet.put(number / across, number % across, image.withChannels(3).unit(), 0);
    }
    if (files != null) {
      PngFiles.write(files.resolve(String.format(Locale.ROOT, "%06d.png", number)), image::picture);
    }
  }

  private void report(PyramidCalls.Samples samples, Path grid) {
    PrintWriter console = spec.commandLine().getOut();
    console.printf(
        Locale.ROOT, "%s of %d×%d", Counted.of(count, "image"), samples.width(), samples.height());
    console.println(grid == null ? "" : " in " + grid);
    if (files != null) {
      console.println("Single files are in " + files);
    }
    console.flush();
  }
}
