package dev.recal.tools;

import static org.assertj.core.api.Assertions.assertThat;

import dev.recal.graphs.charts.ImageGrid;
import dev.recal.graphs.charts.PngFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** 'recal stylize', with a network trained for two steps on noise. */
class StylizeCommandTest {

  @TempDir private Path home;

  @Test
  void copiesKeepFoldersAndAreContinued() throws IOException {
    Path photos = home.resolve("photos");
    Path styles = home.resolve("styles");
    for (int i = 0; i < 4; i++) {
      image(photos.resolve("class" + i % 2).resolve("photo" + i + ".png"), 30, 34, i);
      image(styles.resolve("style" + i + ".png"), 40, 28, 10 + i);
    }
    Path run = home.resolve("run");
    CommandResult trained =
        CommandResult.of(
            "train",
            "../recipes/arbitrary-style.json",
            "--plain",
            "--out",
            run,
            "--set",
            "data.training.path=" + photos,
            "--set",
            "styles.path=" + styles,
            "--set",
            "data.size=24",
            "--set",
            "training.batch=2",
            "--set",
            "training.steps=2");
    assertThat(trained.exit()).as(trained.err()).isZero();
    Path out = home.resolve("copy");
    CommandResult whole = stylize(photos, styles, run, out, 1);
    assertThat(whole.exit()).as(whole.err()).isZero();
    assertThat(whole.out()).contains("4 images written to " + out + ", 0 were there already");
    Path copy = out.resolve("class1").resolve("photo3.png");
    assertThat(ImageIO.read(copy.toFile()).getWidth()).isEqualTo(34);
    byte[] first = Files.readAllBytes(copy);
    Files.delete(copy);
    assertThat(stylize(photos, styles, run, out, 1).out()).contains("1 images written");
    assertThat(copy).hasBinaryContent(first);
    assertThat(stylize(photos, styles, run, out, 2).exit()).isEqualTo(1);
  }

  private static CommandResult stylize(Path data, Path styles, Path model, Path out, long seed) {
    return CommandResult.of(
        "stylize", data, "--styles", styles, "--model", model, "--out", out, "--seed", seed);
  }

  private static void image(Path file, int height, int width, int seed) {
    float[] pixels = new float[height * width * 3];
    Random random = new Random(seed);
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = random.nextFloat();
    }
    ImageGrid grid = new ImageGrid(1, 1, height, width);
    grid.put(0, 0, pixels, 0);
    PngFiles.write(file, grid::image);
  }
}
