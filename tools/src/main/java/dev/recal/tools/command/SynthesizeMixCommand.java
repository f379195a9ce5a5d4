package dev.recal.tools.command;

import dev.recal.graphs.charts.ImageGrid;
import dev.recal.graphs.charts.PngFiles;
import dev.recal.graphs.synthesis.latent.Latents;
import dev.recal.models.synthesis.ImageGenerator;
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
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code recal synthesize mix}: the structure of one image with the style of another. */
@Command(
    name = "mix",
    description = {
      "Mix images: each row's structure with each column's style.",
      "The skip connections of the structure image take the feature maps of the style image. The"
          + " first column shows the structure images, the first row the style images."
    },
    footer = {"", "Example:", "  recal synthesize mix runs/photos --rows 4 --columns 6"})
public final class SynthesizeMixCommand implements Callable<Integer> {

  private static final int MAX = 100;

  @Spec private CommandSpec spec;

  @Parameters(paramLabel = "MODEL", description = "Directory of a run, or a SavedModel.")
  private Path model;

  @Option(
      names = "--rows",
      paramLabel = "N",
      description = "Number of structure images (${DEFAULT-VALUE}).")
  private int rows = 4;

  @Option(
      names = "--columns",
      paramLabel = "N",
      description = "Number of style images (${DEFAULT-VALUE}).")
  private int columns = 6;

  @Option(
      names = "--seed",
      paramLabel = "N",
      description =
          "Random seed of the latent vectors: first structures, then styles (${DEFAULT-VALUE}).")
  private long seed = 0;

  @Option(names = "--out", paramLabel = "FILE", description = "Output PNG file (${DEFAULT-VALUE}).")
  private Path out = Path.of("mixed.png");

  @Option(names = "--force", description = "Overwrite an existing file.")
  private boolean force;

  @Override
  public Integer call() throws IOException {
    Bounds.requireWithin("--rows", rows, 1, MAX);
    Bounds.requireWithin("--columns", columns, 1, MAX);
    Outputs.requireWritable(out, force);
    try (ImageGenerator generator = ImageGenerator.open(model)) {
      int size = generator.size();
      ImageGrid sheet =
          UsageException.check(() -> new ImageGrid(rows + 1, columns + 1, size, size));
      draw(generator, sheet);
      PngFiles.write(out, sheet::image);
    }
    PrintWriter console = spec.commandLine().getOut();
    console.printf(Locale.ROOT, "%d structures by %d styles in %s%n", rows, columns, out);
    console.flush();
    return 0;
  }

  private void draw(ImageGenerator generator, ImageGrid sheet) {
    int latent = generator.latent();
    float[] drawn = Latents.draw(seed, rows + columns, latent);
    float[] plain = generator.generate(drawn);
    for (int column = 0; column < columns; column++) {
      sheet.put(0, column + 1, plain, rows + column);
    }
    float[] styles = new float[columns * latent];
    System.arraycopy(drawn, rows * latent, styles, 0, styles.length);
    for (int row = 0; row < rows; row++) {
      sheet.put(row + 1, 0, plain, row);
      float[] structures = new float[columns * latent];
      for (int column = 0; column < columns; column++) {
        System.arraycopy(drawn, row * latent, structures, column * latent, latent);
      }
      float[] mixed = generator.mix(structures, styles);
      for (int column = 0; column < columns; column++) {
        sheet.put(row + 1, column + 1, mixed, column);
      }
    }
  }
}
