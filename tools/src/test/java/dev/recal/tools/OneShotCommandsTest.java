package dev.recal.tools;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonParser;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** 'recal oneshot', with a pyramid of two scales, 24×20 and 26×22, trained for two steps each. */
class OneShotCommandsTest {

  private static final int WIDTH = 26;
  private static final int HEIGHT = 22;

  @TempDir private static Path home;

  private static Path photo;
  private static Path run;
  private static Path white;
  private static CommandResult trained;

  @BeforeAll
  static void train() throws IOException {
    photo = image("photo.png", 48, 40, BufferedImage.TYPE_INT_RGB, 5);
    white = image("white.png", WIDTH, HEIGHT, BufferedImage.TYPE_INT_RGB, 0);
    run = home.resolve("run");
    trained =
        oneshot(
            "superres",
            photo,
            "--factor",
            1.2,
            "--max-size",
            WIDTH,
            "--steps",
            2,
            "--set",
            "pyramid.minSize=20",
            "--set",
            "network.width=4",
            "--set",
            "network.maxWidth=4",
            "--set",
            "training.criticSteps=1",
            "--set",
            "training.generatorSteps=1",
            "--set",
            "training.intervals.count=1",
            "--run",
            run,
            "--out",
            home.resolve("large.png"));
  }

  // A checkerboard of this many pixels a field, or white.
  private static Path image(String name, int width, int height, int type, int field)
      throws IOException {
    BufferedImage image = new BufferedImage(width, height, type);
    Graphics2D graphics = image.createGraphics();
    graphics.setColor(Color.WHITE);
    graphics.fillRect(0, 0, width, height);
    for (int y = 0; y < height && field > 0; y += field) {
      for (int x = y / field % 2 * field; x < width; x += 2 * field) {
        graphics.setColor(new Color(x * 4 % 256, y * 5 % 256, 90));
        graphics.fillRect(x, y, field, field);
      }
    }
    graphics.dispose();
    Path file = home.resolve(name);
    ImageIO.write(image, "png", file.toFile());
    return file;
  }

  private static CommandResult oneshot(Object... words) {
    return CommandResult.of(Stream.concat(Stream.of("oneshot"), Arrays.stream(words)).toArray());
  }

  private static BufferedImage succeeded(CommandResult ran, Path picture) throws IOException {
    assertThat(ran.err()).isEmpty();
    assertThat(ran.exit()).isZero();
    return ImageIO.read(picture.toFile());
  }

  @Test
  void superresTrainsAndEnlargesAndARunIsOnlyEnlarged() throws IOException {
    BufferedImage large = succeeded(trained, home.resolve("large.png"));
    assertThat(trained.out())
        .contains("reduced from 48×40 to 26×22", "--max-size 48", "4 steps done")
        .contains("oneshot sample " + run);
    assertThat(large.getWidth()).isEqualTo(31);
    assertThat(large.getHeight()).isEqualTo(26);
    assertThat(Files.readString(run.resolve("recipe.json")))
        .contains("\"reconstruction\": 100.0", "\"name\": \"photo-x1.2\"");
    Path again = home.resolve("again.png");
    CommandResult other = oneshot("superres", run, "--factor", 3, "--out", again);
    assertThat(other.err()).startsWith("Warning: the scales of ").contains("1.10", "1.25");
    assertThat(ImageIO.read(again.toFile()).getWidth()).isEqualTo(3 * WIDTH);
    assertRefused(2, "is trained already", "superres", run, "--steps", 3);
    Path wall = image("wall.png", 400, 300, BufferedImage.TYPE_INT_RGB, 50);
    Path none = home.resolve("none");
    Path x = home.resolve("x.png");
    assertRefused(
        2,
        "--factor: expected an image of at most 1,048,576 pixels, but got 4000×3008",
        "superres",
        wall,
        "--factor",
        16,
        "--run",
        none,
        "--out",
        x);
    assertThat(none).doesNotExist();
  }

  @Test
  void trainRefusesImagesThatCannotBeLearned() throws IOException {
    assertRefused(2, "either IMAGE or --resume", "train");
    assertRefused(2, "cannot be combined", "train", "--resume", run, "--steps", 5);
    assertRefused(2, "recipe: there is no 'no-recipe'", "train", photo, "--recipe", "no-recipe");
    assertRefused(1, "is a run already", "train", photo, "--out", run);
    Path no = home.resolve("none");
    Path small = image("small.png", 24, 90, BufferedImage.TYPE_INT_RGB, 5);
    assertRefused(1, "at least 25, but got 24", "train", small, "--out", no);
    Path wide = image("wide.png", 900, 30, BufferedImage.TYPE_BYTE_GRAY, 5);
    assertRefused(
        2, "IMAGE: expected sides that are not that different", "train", wide, "--out", no);
    assertRefused(
        2,
        "IMAGE: expected different colours",
        "train",
        white,
        "--out",
        no,
        "--set",
        "pyramid.minSize=20");
    BufferedImage clear = new BufferedImage(40, 40, BufferedImage.TYPE_INT_ARGB);
    Path transparent = home.resolve("transparent.png");
    ImageIO.write(clear, "png", transparent.toFile());
    assertRefused(1, "has transparent pixels", "train", transparent, "--out", no);
    assertThat(no).doesNotExist();
  }

  @Test
  void sampleWritesGridAndFilesOfAnySize() throws IOException {
    Path grid = home.resolve("grid.png");
    Path files = home.resolve("files");
    CommandResult ran =
        oneshot(
            "sample",
            run,
            "--count",
            3,
            "--columns",
            3,
            "--size",
            "40x30",
            "--out",
            grid,
            "--files",
            files,
            "--start-scale",
            1);
    BufferedImage sheet = succeeded(ran, grid);
    assertThat(ran.out()).contains("3 images of 40×30 in " + grid);
    assertThat(sheet.getWidth()).isEqualTo(3 * 42 - 2);
    assertThat(ImageIO.read(files.resolve("000002.png").toFile()).getHeight()).isEqualTo(30);
    assertRefused(1, "already exists; use --force", "sample", run, "--out", grid);
    assertRefused(
        2,
        "--start-scale: expected from 0 to 1, but got 2",
        "sample",
        run,
        "--start-scale",
        2,
        "--out",
        home.resolve("x.png"));
    assertRefused(
        2,
        "--size: expected an image of at most 1,048,576 pixels",
        "sample",
        run,
        "--size",
        "4000x4000",
        "--out",
        home.resolve("x.png"));
    Path classifier = TinyModel.write(home.resolve("classifier"));
    assertRefused(
        2,
        "is not a one-shot model that Recal exported",
        "sample",
        classifier,
        "--out",
        home.resolve("x.png"));
  }

  @Test
  void referencesAreHarmonizedEditedAndPainted() throws IOException {
    Path reference = image("reference.png", 2 * WIDTH, 2 * HEIGHT, BufferedImage.TYPE_INT_RGB, 9);
    Path mask = image("mask.png", WIDTH, HEIGHT, BufferedImage.TYPE_BYTE_GRAY, 11);
    for (List<Object> words :
        List.of(
            List.<Object>of("harmonize", run, "--reference", reference, "--mask", mask),
            List.<Object>of("edit", run, "--reference", reference, "--mask", mask, "--quantize"),
            List.<Object>of("paint", run, "--painting", reference, "--colours", 3))) {
      Path out = home.resolve(words.get(0) + "d.png");
      Object[] all = Stream.concat(words.stream(), Stream.of("--out", out)).toArray();
      assertThat(succeeded(oneshot(all), out).getWidth()).isEqualTo(WIDTH);
    }
    Path out = home.resolve("y.png");
    assertRefused(
        2,
        "--mask: expected an image of the reference's size, 52×44, but got 48×40",
        "edit",
        run,
        "--reference",
        reference,
        "--mask",
        photo,
        "--out",
        out);
    Path black = home.resolve("black.png");
    ImageIO.write(
        new BufferedImage(WIDTH, HEIGHT, BufferedImage.TYPE_INT_RGB), "png", black.toFile());
    assertRefused(
        2,
        "--mask: expected white pixels",
        "harmonize",
        run,
        "--reference",
        reference,
        "--mask",
        black,
        "--out",
        out);
    Path square = image("square.png", 50, 50, BufferedImage.TYPE_INT_RGB, 4);
    assertRefused(
        2,
        "--painting: expected an image of the training image's shape, 26×22",
        "paint",
        run,
        "--painting",
        square,
        "--out",
        out);
    assertRefused(
        2,
        "--start-scale: expected from 1 to 1, but got 0",
        "paint",
        run,
        "--painting",
        photo,
        "--start-scale",
        0,
        "--out",
        out);
    assertRefused(
        2,
        "--colours: expected from 1",
        "paint",
        run,
        "--painting",
        photo,
        "--colours",
        0,
        "--out",
        out);
  }

  @Test
  void animateWritesAGifAndFrames() throws IOException {
    Path gif = home.resolve("walk.gif");
    Path frames = home.resolve("frames");
    CommandResult ran =
        oneshot("animate", run, "--count", 3, "--fps", 20, "--out", gif, "--frames", frames);
    BufferedImage first = succeeded(ran, gif);
    assertThat(ran.out()).contains("3 frames of 26×22");
    assertThat(first.getWidth()).isEqualTo(WIDTH);
    assertThat(frames.resolve("000002.png")).isRegularFile();
    assertRefused(
        2,
        "--start-scale: expected from 0 to 1",
        "animate",
        run,
        "--start-scale",
        2,
        "--out",
        home.resolve("x.gif"));
    assertRefused(2, "--alpha: expected from 0 to 1", "animate", run, "--alpha", 2);
    assertRefused(2, "--fps: expected from 1 to 50", "animate", run, "--fps", 100);
  }

  @Test
  void evaluateMeasuresWithTheStandIn() {
    CommandResult ran = oneshot("evaluate", run, "--count", 4, "--json");
    assertThat(ran.exit()).as(ran.err()).isZero();
    var json = JsonParser.parseString(ran.out()).getAsJsonObject();
    assertThat(json.get("samples").getAsInt()).isEqualTo(4);
    assertThat(json.get("distanceName").getAsString()).contains("not SIFID");
    assertThat(json.get("diversity").getAsDouble()).isPositive();
    assertThat(oneshot("evaluate", run, "--count", 2).out())
        .contains("Features", "Samples    2", "diversity");
    CommandResult whole = CommandResult.of("evaluate", run);
    assertThat(whole.out()).contains("stand_in_single_image_distance", "samples 20");
    assertRefused(2, "--output: requires --features", "evaluate", run, "--output", "x");
    assertThat(CommandResult.of("evaluate", run, "--images", photo).exit()).isEqualTo(2);
  }

  private static void assertRefused(int exit, String sentence, Object... words) {
    CommandResult ran = oneshot(words);
    assertThat(ran.err()).contains(sentence).hasLineCount(1);
    assertThat(ran.exit()).isEqualTo(exit);
  }
}
