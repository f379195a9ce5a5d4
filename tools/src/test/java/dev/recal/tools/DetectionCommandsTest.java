package dev.recal.tools;

import static org.assertj.core.api.Assertions.assertThat;

import dev.recal.graphs.data.coco.CocoAnnotations;
import dev.recal.graphs.data.coco.CocoDetections;
import dev.recal.graphs.data.coco.Detection;
import dev.recal.graphs.data.source.DrawnScenes;
import dev.recal.graphs.detection.found.FoundObject;
import dev.recal.models.detection.DetectedImage;
import dev.recal.models.detection.DetectionModel;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Predictions and explanations of a detector for image files. */
class DetectionCommandsTest {

  @TempDir private static Path home;
  @TempDir private Path directory;

  private static Path model;
  private static Path images;

  @BeforeAll
  static void write() throws IOException {
    model = TinyDetector.write(home.resolve("model"));
    images = Files.createDirectories(home.resolve("images/inner"));
    TinyDetector.image(images.resolve("b.png"), 1);
    images = images.getParent();
    TinyDetector.image(images.resolve("a.png"), 0);
  }

  @Test
  void predictPrintsALineAnObjectAndDraws() throws IOException {
    Path drawn = directory.resolve("drawn");
    CommandResult ran =
        CommandResult.of("predict", model, images, "--min-score", "0.06", "--draw", drawn);
    assertThat(ran.exit()).as(ran.err()).isZero();
    assertThat(ran.out()).contains("a.png", "b.png", "class", "score", "mask pixels");
    assertThat(ran.out().lines().count()).isGreaterThan(3);
    assertThat(ran.err()).contains("2 pictures in " + drawn);
    BufferedImage picture = ImageIO.read(drawn.resolve("a.png").toFile());
    BufferedImage original = ImageIO.read(images.resolve("a.png").toFile());
    // Enlarged by a whole factor.
    assertThat(picture.getHeight()).isEqualTo(400 / 48 * 48);
    assertThat(picture.getWidth()).isEqualTo(400 / 48 * 80);
    assertThat(different(original, picture)).isPositive();

    CommandResult empty =
        CommandResult.of("predict", model, images, "--min-score", "1", "--draw", drawn);
    assertThat(empty.exit()).isZero();
    assertThat(empty.out()).contains("a.png", "no object of 1.00 or more");
    assertThat(different(original, ImageIO.read(drawn.resolve("a.png").toFile()))).isZero();
  }

  private static int different(BufferedImage small, BufferedImage large) {
    int factor = large.getHeight() / small.getHeight();
    int different = 0;
    for (int y = 0; y < large.getHeight(); y++) {
      for (int x = 0; x < large.getWidth(); x++) {
        different += large.getRGB(x, y) == small.getRGB(x / factor, y / factor) ? 0 : 1;
      }
    }
    return different;
  }

  @Test
  void resultsHaveTheIdsOfTheAnnotationsAndAllObjects() throws IOException {
    List<String> names = DrawnScenes.classNames();
    // Ids in another order than the labels; one class is missing.
    StringBuilder categories = new StringBuilder();
    for (int i = 1; i < names.size(); i++) {
      categories.append(i > 1 ? "," : "");
      categories.append(
          String.format(Locale.ROOT, "{\"id\": %d, \"name\": \"%s\"}", 90 - i, names.get(i)));
    }
    Path annotations = directory.resolve("instances.json");
    Files.writeString(
        annotations,
        "{\"images\": [{\"id\": 7, \"file_name\": \"a.png\", \"height\": 48, \"width\": 80},"
            + " {\"id\": 3, \"file_name\": \"inner/b.png\", \"height\": 48, \"width\": 80}],"
            + " \"annotations\": [], \"categories\": ["
            + categories
            + "]}");
    Path results = directory.resolve("results.json");
    TinyDetector.image(images.resolve("c.png"), 2);
    CommandResult ran =
        CommandResult.of("predict", model, images, "--coco", results, "--annotations", annotations);
    Files.delete(images.resolve("c.png"));
    assertThat(ran.exit()).as(ran.err()).isZero();
    assertThat(ran.err()).contains("left out: 1 image not listed in the annotations");
    CocoDetections read =
        CocoDetections.read(results, CocoAnnotations.read(annotations, false), true);
    try (DetectionModel detector = DetectionModel.open(model)) {
      DetectedImage expected = detector.detect(images.resolve("a.png"));
      List<FoundObject> kept =
          expected.objects().stream().filter(object -> object.label() > 0).toList();
      List<Detection> found = read.detections().stream().filter(d -> d.image() == 7).toList();
      assertThat(found).isNotEmpty().hasSameSizeAs(kept);
      assertThat(read.detections()).anyMatch(d -> d.image() == 3);
      for (int i = 0; i < kept.size(); i++) {
        FoundObject object = kept.get(i);
        assertThat(found.get(i).category()).isEqualTo(90 - object.label());
        assertThat((float) found.get(i).score()).isEqualTo(object.score());
        assertThat((float) found.get(i).box().x()).isEqualTo(object.box()[0]);
        assertThat(found.get(i).mask()).isEqualTo(object.pixels(detector.conventions(), 48, 80));
      }
    }
    CommandResult numbered = CommandResult.of("predict", model, images, "--coco", results);
    assertThat(numbered.exit()).as(numbered.err()).isZero();
    assertThat(Files.readString(results)).contains("\"image_id\":1,", "\"image_id\":2,");
  }

  @Test
  void predictSkipsWhatIsNotAnImageAndRefusesOptionsOfOtherModels() throws IOException {
    Path note = directory.resolve("note.jpg");
    Files.writeString(note, "no image");
    CommandResult skipped = CommandResult.of("predict", model, note, images.resolve("a.png"));
    assertThat(skipped.exit()).isEqualTo(1);
    assertThat(skipped.err()).contains("note.jpg: It is not a JPEG", "1 of 2 files skipped.");
    Path results = directory.resolve("results.json");
    CommandResult strict = CommandResult.of("predict", model, note, "--strict", "--coco", results);
    assertThat(strict.exit()).isEqualTo(1);
    assertThat(strict.err()).contains("note.jpg cannot be used.").hasLineCount(1);
    assertThat(results).doesNotExist();

    assertUsage(CommandResult.of("predict", model, images, "--top-k", 2), "--top-k: ");
    assertUsage(CommandResult.of("predict", model, images, "--min-score", 2), "--min-score: ");
    assertUsage(
        CommandResult.of("predict", model, images, "--annotations", note), "--annotations: ");
    Path classifier = TinyModel.write(directory.resolve("classifier"));
    assertUsage(
        CommandResult.of("predict", classifier, images, "--coco", results),
        "--coco: " + classifier + " is not a detector");
  }

  private static void assertUsage(CommandResult ran, String text) {
    assertThat(ran.exit()).isEqualTo(2);
    assertThat(ran.err()).contains(text);
    assertThat(ran.err().lines().filter(line -> !line.startsWith("Try "))).hasSize(1);
  }

  @Test
  void explainDrawsMixturesAndRegionsOfBackboneAndHeads() throws IOException {
    Path out = directory.resolve("out");
    Path note = Files.writeString(directory.resolve("note.jpg"), "no image");
    CommandResult ran =
        CommandResult.of("explain", model, images.resolve("a.png"), note, "--out", out);
    assertThat(ran.exit()).as(ran.err()).isZero();
    assertThat(ran.err()).contains("note.jpg: it is not an image that can be decoded.");
    assertThat(ran.out()).contains("1 image explained:", "a-mixture.png", "a-regions.png");
    assertThat(ran.out()).doesNotContain("gradcam");
    // A row for each attentive norm: four of the backbone and one of the box head.
    assertThat(ImageIO.read(out.resolve("a-mixture.png").toFile()).getHeight()).isGreaterThan(220);
    assertThat(ImageIO.read(out.resolve("a-regions.png").toFile()).getWidth())
        .isGreaterThan(4 * TinyDetector.SIZE);

    assertUsage(
        CommandResult.of("explain", model, images, "--out", out, "--class", "ring"),
        "--class: " + model + " is a detector");
  }
}
