package dev.recal.tools;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
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

/** A trained detector, and its export: predictions and explanations of image files. */
class DetectionCommandsTest {

  @TempDir private static Path home;
  @TempDir private Path directory;

  private static Path run;
  private static Path model;
  private static Path images;

  @BeforeAll
  static void train() throws IOException {
    run = home.resolve("run");
    CommandResult trained = TinyDetector.train(run);
    assertThat(trained.exit()).as(trained.err()).isZero();
    model = home.resolve("model");
    CommandResult exported = CommandResult.of("export", run, model);
    assertThat(exported.exit()).as(exported.err()).isZero();
    images = Files.createDirectories(home.resolve("images/inner"));
    TinyDetector.image(images.resolve("b.png"), 1);
    images = images.getParent();
    TinyDetector.image(images.resolve("a.png"), 0);
  }

  @Test
  void aRunAndItsExportFindTheSameObjects() {
    CommandResult ofRun = CommandResult.of("predict", run, images, "--json", "--min-score", 0);
    CommandResult ofModel = CommandResult.of("predict", model, images, "--json", "--min-score", 0);
    assertThat(ofRun.exit()).as(ofRun.err()).isZero();
    JsonArray first = objects(ofRun, 0);
    JsonArray second = objects(ofModel, 0);
    assertThat(first).isNotEmpty().hasSameSizeAs(second);
    for (int i = 0; i < first.size(); i++) {
      JsonObject one = first.get(i).getAsJsonObject();
      JsonObject other = second.get(i).getAsJsonObject();
      assertThat(one.get("label")).isEqualTo(other.get("label"));
      assertThat(one.get("score").getAsFloat() - other.get("score").getAsFloat())
          .isBetween(-1e-3f, 1e-3f);
      assertThat(one.getAsJsonObject("segmentation").getAsJsonArray("size").toString())
          .isEqualTo("[48,80]");
    }
  }

  private static JsonArray objects(CommandResult ran, int image) {
    return JsonParser.parseString(ran.out())
        .getAsJsonObject()
        .getAsJsonArray("images")
        .get(image)
        .getAsJsonObject()
        .getAsJsonArray("objects");
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

    CommandResult none = CommandResult.of("predict", model, images, "--min-score", "1");
    assertThat(none.exit()).isZero();
    assertThat(none.out()).contains("a.png", "no object of 1.00 or more");
    CommandResult empty =
        CommandResult.of("predict", model, images, "--min-score", "1", "--draw", drawn);
    assertThat(empty.exit()).isZero();
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
    assertThat(ran.err()).contains("left out: 1 images that the annotations do not list");
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
}
