package dev.recal.tools;

import static org.assertj.core.api.Assertions.assertThat;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** 'recal synthesize' with a SavedModel. */
class SynthesizeCommandsTest {

  private static final int TILE = TinyGenerator.SIZE + 2;

  @TempDir private static Path models;
  @TempDir private Path directory;

  private static Path model;

  @BeforeAll
  static void export() throws IOException {
    model = TinyGenerator.write(models.resolve("tiny"));
  }

  @Test
  void seedIsReproducibleAndLargerCountsAppendImages() throws IOException {
    Path grid = directory.resolve("grid.png");
    Path files = directory.resolve("files");
    Path more = directory.resolve("more");
    CommandResult first =
        CommandResult.of(
            "synthesize",
            "sample",
            model,
            "--count",
            5,
            "--seed",
            7,
            "--columns",
            3,
            "--out",
            grid,
            "--files",
            files);
    assertThat(first.err()).isEmpty();
    assertThat(first.exit()).isZero();
    assertThat(first.out()).contains("5 images of 32×32 in " + grid, "Single files are in");
    BufferedImage sheet = ImageIO.read(grid.toFile());
    assertThat(sheet.getWidth()).isEqualTo(3 * TILE - 2);
    assertThat(sheet.getHeight()).isEqualTo(2 * TILE - 2);
    assertThat(names(files)).hasSize(5).startsWith("000000.png").endsWith("000004.png");

    assertThat(
            CommandResult.of(
                    "synthesize", "sample", model, "--count", 40, "--seed", 7, "--files", more)
                .exit())
        .isZero();
    assertThat(names(more)).hasSize(40);
    for (int i = 0; i < 5; i++) {
      BufferedImage one = ImageIO.read(files.resolve("00000" + i + ".png").toFile());
      BufferedImage other = ImageIO.read(more.resolve("00000" + i + ".png").toFile());
      assertThat(greatestDifference(one, other)).isLessThanOrEqualTo(1);
      BufferedImage tile = sheet.getSubimage(i % 3 * TILE, i / 3 * TILE, 32, 32);
      assertThat(greatestDifference(one, tile)).isZero();
    }
  }

  @Test
  void latentVectorsRoundTripThroughAFile() throws IOException {
    Path z = directory.resolve("z.json");
    Path one = directory.resolve("one.png");
    Path other = directory.resolve("other.png");
    CommandResult saved =
        CommandResult.of("synthesize", "sample", model, "--count", 3, "--out", one, "--save-z", z);
    assertThat(saved.exit()).isZero();
    CommandResult read = CommandResult.of("synthesize", "sample", model, "--z", z, "--out", other);
    assertThat(read.err()).isEmpty();
    assertThat(Files.readAllBytes(other)).isEqualTo(Files.readAllBytes(one));

    assertRefused(
        2,
        "--count: cannot be combined with --z",
        "sample",
        model,
        "--z",
        z,
        "--count",
        2,
        "--out",
        "x.png");
    assertRefused(
        2,
        "--seed: cannot be combined with --z",
        "sample",
        model,
        "--z",
        z,
        "--seed",
        2,
        "--out",
        "x");
    Files.writeString(z, "{\"z\": [[1, 2, 3]]}");
    assertRefused(2, "vectors of 256 numbers", "sample", model, "--z", z, "--out", "x.png");
    for (String text :
        List.of(
            "[]",
            "{}",
            "{\"z\": []}",
            "{\"z\": [[1,",
            "{\"z\": [[\"a\"]]}",
            "{\"z\": [null]}",
            "{\"z\": [[1], [1, 2]]}",
            "{\"z\": [[]]}",
            "{\"z\": 3}",
            "{\"z\": [[NaN]]}",
            "")) {
      Files.writeString(z, text);
      assertRefused(
          1,
          "expected latent vectors of equal length as JSON",
          "sample",
          model,
          "--z",
          z,
          "--out",
          "x.png");
    }
  }

  @Test
  void interpolationWritesStripAnimationAndFrames() throws IOException {
    Path strip = directory.resolve("strip.png");
    Path gif = directory.resolve("morph.gif");
    Path frames = directory.resolve("frames");
    CommandResult ran =
        CommandResult.of(
            "synthesize",
            "interpolate",
            model,
            "--count",
            3,
            "--steps",
            4,
            "--out",
            strip,
            "--gif",
            gif,
            "--frames",
            frames);
    assertThat(ran.err()).isEmpty();
    assertThat(ran.out()).contains("9 images", strip.toString(), gif.toString());
    BufferedImage sheet = ImageIO.read(strip.toFile());
    assertThat(sheet.getWidth()).isEqualTo(5 * TILE - 2);
    assertThat(sheet.getHeight()).isEqualTo(2 * TILE - 2);
    assertThat(names(frames)).hasSize(9);
    // The first row ends with what the second begins with.
    BufferedImage end = sheet.getSubimage(4 * TILE, 0, 32, 32);
    BufferedImage begin = sheet.getSubimage(0, TILE, 32, 32);
    assertThat(greatestDifference(end, begin)).isZero();
    BufferedImage last = ImageIO.read(frames.resolve("000008.png").toFile());
    assertThat(greatestDifference(last, sheet.getSubimage(4 * TILE, TILE, 32, 32))).isZero();

    Path loop = directory.resolve("loop.png");
    assertThat(
            CommandResult.of(
                    "synthesize",
                    "interpolate",
                    model,
                    "--count",
                    3,
                    "--steps",
                    2,
                    "--loop",
                    "--out",
                    loop)
                .exit())
        .isZero();
    BufferedImage closed = ImageIO.read(loop.toFile());
    assertThat(closed.getHeight()).isEqualTo(3 * TILE - 2);
    assertThat(
            greatestDifference(
                closed.getSubimage(0, 0, 32, 32), closed.getSubimage(2 * TILE, 2 * TILE, 32, 32)))
        .isZero();
  }

  @Test
  void mixedImagesLieBetweenTheirParents() throws IOException {
    Path out = directory.resolve("mixed.png");
    CommandResult ran =
        CommandResult.of("synthesize", "mix", model, "--rows", 2, "--columns", 3, "--out", out);
    assertThat(ran.err()).isEmpty();
    BufferedImage sheet = ImageIO.read(out.toFile());
    assertThat(sheet.getWidth()).isEqualTo(4 * TILE - 2);
    assertThat(sheet.getHeight()).isEqualTo(3 * TILE - 2);
    BufferedImage parent = sheet.getSubimage(0, TILE, 32, 32);
    BufferedImage style = sheet.getSubimage(TILE, 0, 32, 32);
    BufferedImage child = sheet.getSubimage(TILE, TILE, 32, 32);
    assertThat(greatestDifference(parent, child)).isPositive();
    assertThat(greatestDifference(style, child)).isPositive();
  }

  @Test
  void rejectsInvalidSettings() throws IOException {
    assertRefused(2, "--count: expected from 1 to", "sample", model, "--count", 0);
    assertRefused(2, "--columns: expected at least 1", "sample", model, "--columns", 0);
    assertRefused(2, "--steps: expected from 1", "interpolate", model, "--steps", 0);
    assertRefused(2, "--count: expected from 2", "interpolate", model, "--count", 1);
    assertRefused(2, "--delay: expected from 20", "interpolate", model, "--delay", 1);
    assertRefused(2, "--rows: expected from 1", "mix", model, "--rows", 0);
    Path grid = directory.resolve("there.png");
    Files.writeString(grid, "something");
    assertRefused(1, "already exists; use --force", "sample", model, "--out", grid);
    assertRefused(1, "already contains files", "sample", model, "--files", directory);
    assertRefused(
        1, "There is no directory", "mix", model, "--out", directory.resolve("no/such.png"));
    Path classifier = TinyModel.write(directory.resolve("classifier"));
    assertRefused(
        2,
        "is not a generator: it has no signature 'generate'",
        "sample",
        classifier,
        "--out",
        directory.resolve("x.png"));
    assertRefused(
        1,
        "no-such-model",
        "sample",
        directory.resolve("no-such-model"),
        "--files",
        directory.resolve("f"));
  }

  private static void assertRefused(int exit, String sentence, Object... arguments) {
    Object[] all = new Object[arguments.length + 1];
    all[0] = "synthesize";
    System.arraycopy(arguments, 0, all, 1, arguments.length);
    CommandResult ran = CommandResult.of(all);
    assertThat(ran.err()).contains(sentence).hasLineCount(1);
    assertThat(ran.exit()).isEqualTo(exit);
  }

  private static List<String> names(Path files) throws IOException {
    try (Stream<Path> entries = Files.list(files)) {
      return entries.map(path -> path.getFileName().toString()).sorted().toList();
    }
  }

  private static int greatestDifference(BufferedImage one, BufferedImage other) {
    int greatest = 0;
    for (int y = 0; y < one.getHeight(); y++) {
      for (int x = 0; x < one.getWidth(); x++) {
        for (int shift = 0; shift < 24; shift += 8) {
          int difference = (one.getRGB(x, y) >> shift & 255) - (other.getRGB(x, y) >> shift & 255);
          greatest = Math.max(greatest, Math.abs(difference));
        }
      }
    }
    return greatest;
  }
}
