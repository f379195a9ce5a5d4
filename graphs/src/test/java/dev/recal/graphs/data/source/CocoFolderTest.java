package dev.recal.graphs.data.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.recal.graphs.data.DataSet;
import dev.recal.graphs.data.DataSource;
import dev.recal.graphs.data.DataSourceRegistry;
import dev.recal.graphs.data.OpenSettings;
import dev.recal.graphs.data.SkippedItem;
import dev.recal.graphs.data.TestImages;
import dev.recal.graphs.data.items.ItemReader;
import dev.recal.graphs.data.targets.Box;
import dev.recal.graphs.data.targets.ImageObject;
import dev.recal.graphs.data.targets.ImageObjects;
import dev.recal.graphs.data.targets.ObjectTargets;
import dev.recal.ops.json.JsonRecords;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CocoFolderTest {
  private static final String CATEGORIES =
      """
      {"id": 9, "name": "dog"}, {"id": 7, "name": "cat"}, {"id": 8, "name": "dog"}""";
  private static final String SQUARE = "\"segmentation\": [[2, 2, 8, 2, 8, 8, 2, 8]]";

  @TempDir private Path folder;
  private final List<String> annotations = new ArrayList<>();

  @Test
  void drawnScenesSurviveTheFormat() throws IOException {
    DrawnScenes source = new DrawnScenes(Textures.Split.TRAIN, 3, 40, 48, 2, 5, 4);
    List<String> images = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      DrawnScene scene = source.scene(i);
      TestImages.write(folder.resolve("a/" + i + ".png"), png(scene));
      // In descending order, to be sorted.
      images.add(0, image(100 + i, "a/" + i + ".png", 40, 48));
      scene.objects().objects().forEach(object -> annotate(100 + images.size() - 1, object));
    }
    List<String> categories = new ArrayList<>();
    for (String name : DrawnScenes.classNames()) {
      categories.add(0, "{\"id\": " + id(name) + ", \"name\": \"" + name + "\"}");
    }
    write(String.join(",", images), String.join(",", categories));
    String json = "{\"type\": \"coco\", \"images\": \".\", \"annotations\": \"coco.json\"}";
    DataSource coco =
        DataSourceRegistry.addTo(JsonRecords.sealed())
            .read(JsonRecords.parse(json), DataSource.class)
            .at(folder);
    assertThat(coco).isEqualTo(new CocoFolder(folder, folder.resolve("coco.json")));
    try (DataSet read = coco.open();
        DataSet drawn = source.open();
        ItemReader reader = new ItemReader(read.images(), 40);
        ItemReader drawnReader = new ItemReader(drawn.images(), 40)) {
      assertThat(read.classNames()).isEqualTo(drawn.classNames());
      assertThat(read.skipped()).isEmpty();
      for (int i = 0; i < 3; i++) {
        assertThat(read.itemName(i)).isEqualTo("a/" + i + ".png");
        assertThat(objects(read, i)).isEqualTo(objects(drawn, i));
        assertThat(reader.read(i)).isEqualTo(drawnReader.read(i));
      }
    }
  }

  private static int id(String className) {
    return 3 + 2 * DrawnScenes.classNames().indexOf(className);
  }

  private void annotate(int image, ImageObject object) {
    Box box = object.box();
    String mask = object.mask().orElseThrow().compressed().replace("\\", "\\\\");
    annotate(
        image,
        3 + 2 * object.label(),
        "[%s, %s, %s, %s]"
            .formatted(box.left(), box.top(), box.right() - box.left(), box.bottom() - box.top()),
        "\"area\": " + object.mask().orElseThrow().area(),
        "\"segmentation\": {\"size\": [40, 48], \"counts\": \"" + mask + "\"}");
  }

  private void annotate(int image, int category, String box, String... members) {
    String all =
        "{\"id\": %d, \"image_id\": %d, \"category_id\": %d, \"bbox\": %s"
            .formatted(annotations.size(), image, category, box);
    annotations.add(all + ", " + String.join(", ", members) + "}");
  }

  private static String image(int id, String file, int height, int width) {
    return "{\"id\": %d, \"file_name\": \"%s\", \"height\": %d, \"width\": %d}"
        .formatted(id, file, height, width);
  }

  private void write(String images, String categories) throws IOException {
    Files.writeString(
        folder.resolve("coco.json"),
        "{\"annotations\": ["
            + String.join(",\n", annotations)
            + ("], \"images\": [" + images + "], \"categories\": [" + categories + "]}"));
  }

  private static byte[] png(DrawnScene scene) throws IOException {
    int height = scene.objects().height();
    int width = scene.objects().width();
    BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
    byte[] rgb = scene.rgb();
    image.setRGB(
        0,
        0,
        width,
        height,
        IntStream.range(0, height * width)
            .map(i -> (rgb[3 * i] & 255) << 16 | (rgb[3 * i + 1] & 255) << 8 | rgb[3 * i + 2] & 255)
            .toArray(),
        0,
        width);
    return TestImages.encode(image, "png");
  }

  private static ImageObjects objects(DataSet data, int image) {
    int item = data.itemOf(image);
    return ((ObjectTargets) data.targets()).objects(item);
  }

  private static List<String> skipped(DataSet data) {
    return data.skipped().stream().map(SkippedItem::toString).toList();
  }

  @Test
  void annotationsThatCannotBeTrainedOnAreCounted() throws IOException {
    TestImages.write(folder.resolve("a.png"), TestImages.png(40, 50, 1));
    annotate(1, 7, "[2, 2, 6, 6]", SQUARE, "\"area\": 36");
    annotate(2, 7, "[2, 2, 6, 6]", SQUARE);
    annotate(1, 70, "[2, 2, 6, 6]", SQUARE);
    annotate(1, 7, "[2, 2, -6, 6]", SQUARE);
    annotate(1, 7, "[2, 2, 6, 0.5]", SQUARE);
    annotate(1, 7, "[50, 2, 6, 6]", SQUARE);
    annotate(1, 7, "[2, 2, 6, 6]", SQUARE, "\"area\": 0");
    annotate(1, 7, "[2, 2, 6, 6]", "\"segmentation\": [[2, 2, 8, 2]]");
    annotate(1, 9, "[-5, 30, 60, 20.5]", SQUARE.replace("[[", "[[1, 1], [2, 2, 3, 3], ["));
    annotate(1, 8, "[2, 2, 6, 6]", "\"area\": 1");
    annotate(1, 8, "[2, 2, 6, 6]", "\"segmentation\": {\"size\": [40, 50], \"counts\": \"1\"}");
    annotate(1, 8, "[2, 2, 6, 6]", SQUARE, "\"iscrowd\": 1");
    annotate(1, 8, "[2, 2, 6, 6]", SQUARE, "\"ignore\": 1");
    annotations.add("{\"id\": 77, \"image_id\": 1, \"category_id\": 7}");
    write(image(1, "a.png", 40, 50), CATEGORIES);
    CocoFolder coco = new CocoFolder(folder, folder.resolve("coco.json"));
    try (DataSet data = coco.open()) {
      assertThat(data.classNames()).containsExactly("cat", "dog 8", "dog 9");
      List<ImageObject> objects = objects(data, 0).objects();
      assertThat(objects.stream().map(ImageObject::label)).containsExactly(0, 2, 1, 1);
      assertThat(objects.stream().map(ImageObject::crowd))
          .containsExactly(false, false, true, true);
      assertThat(objects.get(1).box()).isEqualTo(new Box(30, 0, 40, 50));
      assertThat(objects).allMatch(object -> object.mask().orElseThrow().area() == 36);
      assertThat(skipped(data))
          .containsExactly(
              "coco.json has annotations of unlisted images, left out: 1; the first is"
                  + " annotations.1 (image 2)",
              "coco.json has annotations of unlisted categories, left out: 1; the first is"
                  + " annotations.2 (category 70)",
              "coco.json has annotations with a box narrower or lower than 1 pixel, left out: 2;"
                  + " the first is annotations.3",
              "coco.json has annotations with a box outside of their image, left out: 1; the first"
                  + " is annotations.5",
              "coco.json has annotations with an area of 0 or less, left out: 1; the first is"
                  + " annotations.6",
              "coco.json has polygons of fewer than three corners, left out: 3; the first is"
                  + " annotations.7",
              "coco.json has annotations with an unusable segmentation, left out: 2; the first is"
                  + " annotations.7 (polygons: expected at least one, but got none)",
              "coco.json has annotations without a segmentation, left out: 1; the first is"
                  + " annotations.9",
              "coco.json has annotations without a box, left out: 1; the first is annotations.13");
    }
    assertThatThrownBy(() -> coco.open(OpenSettings.defaults().withStrict(true)))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("coco.json has annotations of unlisted images");
    try (DataSet boxes = new CocoFolder(folder, coco.annotations(), false, false, 1).open()) {
      assertThat(objects(boxes, 0).objects()).hasSize(7).allMatch(o -> o.mask().isEmpty());
    }
  }

  @Test
  void imagesThatCannotBeUsedAreNamed() throws IOException {
    TestImages.write(folder.resolve("a.png"), TestImages.png(40, 50, 1));
    TestImages.write(folder.resolve("empty.jpg"), TestImages.jpeg(40, 50, 2));
    TestImages.write(folder.resolve("small.png"), TestImages.png(20, 50, 3));
    TestImages.write(folder.resolve("damaged.png"), Arrays.copyOf(TestImages.png(40, 50, 4), 60));
    List<String> images =
        List.of(
            image(1, "a.png", 40, 50),
            image(2, "missing.png", 40, 50),
            image(3, "empty.jpg", 40, 50),
            image(4, "small.png", 20, 50),
            image(5, "damaged.png", 40, 50),
            image(6, "../coco.png", 40, 50),
            image(7, "a.png", 40, 50),
            image(8, "", 40, 50));
    images.forEach(image -> annotate(annotations.size() + 1, 7, "[2, 2, 6, 6]", SQUARE));
    annotations.set(2, annotations.get(2).replace("}", ", \"iscrowd\": 1}"));
    write(String.join(",", images), CATEGORIES);
    CocoFolder training = new CocoFolder(folder, folder.resolve("coco.json"));
    try (DataSet data = training.open()) {
      assertThat(data.count()).isEqualTo(1);
      assertThat(data.skipped().stream().map(SkippedItem::name))
          .containsExactlyInAnyOrder(
              "a.png", "image 8", "../coco.png", "missing.png", "damaged.png");
      assertThat(skipped(data))
          .contains(
              "a.png is listed twice; the second is image 7",
              "../coco.png is outside the folder " + folder,
              "missing.png cannot be read (there is no " + folder.resolve("missing.png") + ")");
    }
    try (DataSet data = new CocoFolder(folder, training.annotations(), true).open()) {
      assertThat(IntStream.range(0, data.count()).mapToObj(data::itemName))
          .containsExactly("a.png", "empty.jpg", "small.png");
      assertThat(objects(data, 1).objects().get(0).crowd()).isTrue();
    }
    write(image(1, "a.png", 41, 50), CATEGORIES);
    assertThatThrownBy(training::open)
        .hasMessageContaining("contains no usable images")
        .hasMessageContaining("a.png has 40×50 pixels, but its objects are given for 41×50");
    annotations.clear();
    write(image(1, "a.png", 40, 50), CATEGORIES);
    assertThatThrownBy(training::open)
        .hasMessageContaining("annotations: expected images with objects, but got none in ")
        .hasMessageContaining("1 without objects and 0 with a side below 32 pixels).");
    assertThatThrownBy(() -> new CocoFolder(folder.resolve("no"), folder).open())
        .hasMessageEndingWith("no does not exist.");
  }
}
