package dev.recal.tools.command;

import com.google.gson.JsonObject;
import dev.recal.graphs.charts.ImageGrid;
import dev.recal.graphs.charts.PngFiles;
import dev.recal.models.synthesis.ImageGenerator;
import dev.recal.models.synthesis.LatentFiles;
import dev.recal.ops.Counted;
import dev.recal.tools.console.Bounds;
import dev.recal.tools.console.Outputs;
import dev.recal.tools.console.UsageException;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code recal synthesize sample}: generates images. */
@Command(
    name = "sample",
    description = {
      "Generate images as a grid in one PNG file, as single PNG files, or both.",
      "A seed gives the same images wherever the model runs; a larger count adds images."
    },
    footer = {
      "",
      "Examples:",
      "  recal synthesize sample runs/photos --count 64 --seed 7 --out grid.png",
      "  recal synthesize sample models/photos --count 1000 --files samples"
    })
public final class SynthesizeSampleCommand implements Callable<Integer> {

  @Spec private CommandSpec spec;

  @Parameters(paramLabel = "MODEL", description = "Directory of a run, or a SavedModel.")
  private Path model;

  @Option(names = "--count", paramLabel = "N", description = "Number of images (16).")
  private Integer count;

  @Mixin private LatentOptions latents = new LatentOptions();

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

  @Option(
      names = "--save-z",
      paramLabel = "FILE",
      description = "JSON file for the latent vectors, for --z.")
  private Path saved;

  @Option(names = "--force", description = "Overwrite existing files.")
  private boolean force;

  @Override
  public Integer call() throws IOException {
    latents.check(count, 16, 1);
    if (columns != null) {
      Bounds.requireAtLeast("--columns", columns, 1);
    }
    Path grid = out == null && files == null ? Path.of("samples.png") : out;
    Outputs.requireAllWritable(force, grid, saved);
    Outputs.requireAbsent(files, force);
    try (ImageGenerator generator = ImageGenerator.open(model)) {
      float[] z = latents.vectors(generator.latent());
      int all = z.length / generator.latent();
      int across = Math.min(all, columns == null ? ImageGrid.columns(all) : columns);
      write(generator, z, grid, across);
      if (saved != null) {
        LatentFiles.write(saved, z, generator.latent(), metadata());
      }
      report(all, generator.size(), grid);
    }
    return 0;
  }

  private JsonObject metadata() {
    JsonObject metadata = new JsonObject();
    metadata.addProperty("model", model.toString());
    if (!latents.named()) {
      metadata.addProperty("seed", latents.seed());
    }
    return metadata;
  }

  // In batches, so that any number can be written to single files.
  private void write(ImageGenerator generator, float[] z, Path grid, int across) {
    int size = generator.size();
    int latent = generator.latent();
    int all = z.length / latent;
    ImageGrid sheet =
        grid == null
            ? null
            : UsageException.check(
                () -> new ImageGrid((all + across - 1) / across, across, size, size));
    int batch = ImageGenerator.batch(size);
    for (int from = 0; from < all; from += batch) {
      int end = Math.min(all, from + batch);
      float[] images = generator.generate(Arrays.copyOfRange(z, from * latent, end * latent));
      for (int i = from; i < end; i++) {
        if (sheet != null) {
          sheet.put(i / across, i % across, images, i - from);
        }
        if (files != null) {
          writeFile(images, size, i - from, i);
        }
      }
    }
    if (sheet != null) {
      PngFiles.write(grid, sheet::image);
    }
  }

  private void writeFile(float[] images, int size, int index, int number) {
    Path file = files.resolve(String.format(Locale.ROOT, "%06d.png", number));
    PngFiles.write(file, () -> ImageGrid.single(images, size, index));
  }

  private void report(int all, int size, Path grid) {
    PrintWriter console = spec.commandLine().getOut();
    console.printf(Locale.ROOT, "%s of %d×%d", Counted.of(all, "image"), size, size);
    console.println(grid == null ? "" : " in " + grid);
    if (files != null) {
      console.println("Single files are in " + files);
    }
    if (saved != null) {
      console.println("Latent vectors are in " + saved);
    }
    console.flush();
  }
}
