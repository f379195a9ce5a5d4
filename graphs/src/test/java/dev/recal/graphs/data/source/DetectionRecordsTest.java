package dev.recal.graphs.data.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import dev.recal.graphs.data.DataSet;
import dev.recal.graphs.data.DataSets;
import dev.recal.graphs.data.DataSource;
import dev.recal.graphs.data.DataSourceRegistry;
import dev.recal.graphs.data.OpenSettings;
import dev.recal.graphs.data.SampleImage;
import dev.recal.graphs.data.SkippedItem;
import dev.recal.graphs.data.TestImages;
import dev.recal.graphs.data.items.Digest;
import dev.recal.graphs.data.items.ItemReader;
import dev.recal.graphs.data.shards.DetectionConversion;
import dev.recal.graphs.data.shards.LabelMap;
import dev.recal.graphs.data.shards.RecordConversion;
import dev.recal.graphs.data.targets.Box;
import dev.recal.graphs.data.targets.ImageObject;
import dev.recal.graphs.data.targets.ImageObjects;
import dev.recal.graphs.data.targets.Mask;
import dev.recal.graphs.data.targets.ObjectTargets;
import dev.recal.ops.json.JsonRecords;
import dev.recal.ops.records.TfRecordReader;
import dev.recal.ops.records.TfRecordWriter;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tensorflow.proto.BytesList;
import org.tensorflow.proto.Example;
import org.tensorflow.proto.Feature;
import org.tensorflow.proto.Features;
import org.tensorflow.proto.FloatList;
import org.tensorflow.proto.Int64List;

class DetectionRecordsTest {
  private static final String BOX = "image/object/bbox/";
  private static final String LABEL = "image/object/class/label";
  private static final String TEXT = "image/object/class/text";
  private static final String MASK = "image/object/mask";

  @TempDir private Path folder;

  @Test
  void drawnScenesSurviveTheFormat() throws IOException {
    DrawnScenes source = new DrawnScenes(Textures.Split.TRAIN, 7, 40, 48, 2, 5, 4);
    Path target = folder.resolve("records");
    try (DataSet drawn = source.open()) {
      DetectionConversion conversion =
          new DetectionConversion(drawn, Map.of("scene3", 77L), target, 2, 1, 2);
      RecordConversion.Summary summary = conversion.run((done, all) -> {});
      assertThat(summary.images()).isEqualTo(7);
      assertThat(summary.found()).isZero();
      Files.delete(target.resolve("images-00001-of-00002.tfrecord"));
      assertThat(conversion.run((done, all) -> {}).found()).isEqualTo(1);
      assertThatThrownBy(
              () -> new DetectionConversion(drawn, Map.of(), target, 2, 5, 1).run((d, a) -> {}))
          .hasMessageContaining("but got 7 images in 2 shards with seed 5; choose another");

      Map<String, Integer> recordOf = new HashMap<>();
      try (DataSet read = DetectionRecords.in(target).open();
          ItemReader reader = new ItemReader(read.images(), 40);
          ItemReader drawnReader = new ItemReader(drawn.images(), 40)) {
        assertThat(read.classNames()).isEqualTo(drawn.classNames());
        assertThat(read.skipped()).isEmpty();
        List<Map<String, Feature>> records = records(target);
        for (int i = 0; i < records.size(); i++) {
          recordOf.put(text(records.get(i), "image/filename"), i);
        }
        int[] order = IntStream.range(0, 7).map(i -> recordOf.get(drawn.itemName(i))).toArray();
        assertThat(digest(read, order)).isEqualTo(digest(drawn, IntStream.range(0, 7).toArray()));
        for (int i = 0; i < 7; i++) {
          assertThat(objects(read, order[i])).isEqualTo(objects(drawn, i));
          assertThat(reader.read(order[i])).isEqualTo(drawnReader.read(i));
        }
        assertThat(text(records.get(order[3]), "image/source_id")).isEqualTo("77");
        assertThat(text(records.get(order[4]), "image/source_id")).isEqualTo("4");
        assertThat(text(records.get(order[4]), "image/format")).isEqualTo("png");
      }
    }
  }

  // Hundredths of a pixel, a crowd, an object without a mask, a JPEG file on its side.
  @Test
  void boxesCrowdsAndFilesSurviveTheFormat() throws IOException {
    byte[] jpeg = TestImages.jpeg(37, 53, 3);
    byte[] turned = TestImages.withOrientation(TestImages.jpeg(37, 53, 4), 6);
    Mask mask = Mask.ofPolygons(37, 53, List.of(new double[] {3, 4, 30, 4, 3, 30}));
    ImageObjects first =
        new ImageObjects(
            37,
            53,
            List.of(
                new ImageObject(new Box(4.01f, 3.33f, 30.99f, 30.07f), 1, mask),
                new ImageObject(
                    new Box(0, 0, 37, 53), 0, Optional.of(Mask.ofRuns(37, 53, 0, 37 * 53)), true)));
    ImageObjects second =
        new ImageObjects(53, 37, List.of(new ImageObject(new Box(1, 2.5f, 3, 4), 0)));
    ObjectTargets targets = ObjectTargets.of(List.of("a \"b\"", "ü"), List.of(first, second));
    Path target = folder.resolve("records");
    OpenSettings inFiles = OpenSettings.defaults().withMemoryLimitBytes(0);
    try (DataSet data =
        DataSets.of(
            "made", List.of(SampleImage.encoded(jpeg), SampleImage.encoded(turned)), targets)) {
      new DetectionConversion(data, Map.of(), target, 1, 0, 1).run((done, all) -> {});
    }
    DetectionRecords source = DetectionRecords.in(target);
    DetectionRecords withoutMasks =
        new DetectionRecords(source.files(), Optional.empty(), false, false, 1);
    try (DataSet read = withoutMasks.open(inFiles)) {
      assertThat(read.classNames()).containsExactly("a \"b\"", "ü");
      List<ImageObjects> all = List.of(objects(read, 0), objects(read, 1));
      assertThat(all)
          .containsExactlyInAnyOrder(
              new ImageObjects(
                  37,
                  53,
                  first.objects().stream()
                      .map(o -> new ImageObject(o.box(), o.label(), Optional.empty(), o.crowd()))
                      .toList()),
              second);
    }
    try (DataSet read = source.open(inFiles)) {
      assertThat(objects(read, 0)).isEqualTo(first);
      assertThat(read.count()).isEqualTo(1);
      assertThat(reasons(read))
          .containsExactly(
              "has objects without a mask, left out: 1; the"
                  + " first is "
                  + shard()
                  + "#"
                  + (records(target).size() - 1 - index(target, jpeg))
                  + ", object 0");
    }
    int place = index(target, jpeg);
    assertThat(records(target).get(place).get("image/encoded").getBytesList().getValue(0))
        .isEqualTo(ByteString.copyFrom(jpeg));
    Map<String, Feature> upright = records(target).get(1 - place);
    assertThat(text(upright, "image/format")).isEqualTo("png");
    assertThat(upright.get("image/height").getInt64List().getValue(0)).isEqualTo(53);
  }

  @Test
  void minimalRecordsOfOthersAreRead() throws IOException {
    byte[] image = TestImages.jpeg(40, 80, 1);
    write(
        "only-numbers",
        example(image).with(LABEL, 18, 3).with(BOX, new float[][] {{0, 0, .5f, 1}, {0, 0, 1, 1}}));
    write("only-texts", example(image).with(TEXT, "dog").box(.25f, .25f, .75f, .75f));
    Path map =
        Files.writeString(
            folder.resolve("map.pbtxt"),
            """
            # A label map.
            item: { id: 18, name: '/m/0bt9lr' display_name: "dog" }
            item { name: "/m/0k4j" id: 3 display_name: "car" keypoints { id: 1 label: 'x' } }
            """);
    List<Path> both = List.of(folder.resolve("only-*"));
    try (DataSet read = new DetectionRecords(both, Optional.of(map), false, false, 1).open()) {
      assertThat(read.classNames()).containsExactly("car", "dog");
      assertThat(objects(read, 0).objects())
          .containsExactly(
              new ImageObject(new Box(0, 0, 20, 80), 1), new ImageObject(new Box(0, 0, 40, 80), 0));
      assertThat(objects(read, 1).objects())
          .containsExactly(new ImageObject(new Box(10, 20, 30, 60), 1));
      assertThat(read.skipped()).isEmpty();
    }
    try (DataSet read = withoutMasks("only-numbers", 1).open()) {
      assertThat(read.classNames()).containsExactly("3", "18");
    }
    assertThatThrownBy(() -> new DetectionRecords(both, Optional.of(map)).open())
        .hasMessageContaining("expected images with objects and masks, but got none in")
        .hasMessageContaining("objects without a mask, left out: 3");
    String json =
        "{\"type\": \"detection-records\", \"files\": [\"only-*\"], \"labelMap\": \"map.pbtxt\"}";
    assertThat(
            DataSourceRegistry.addTo(JsonRecords.sealed())
                .read(JsonRecords.parse(json), DataSource.class)
                .at(folder))
        .isEqualTo(new DetectionRecords(both, Optional.of(map)));
  }

  @Test
  void badObjectsAndRecordsAreCountedAndLeftOut() throws IOException {
    byte[] image = TestImages.png(40, 80, 1);
    byte[] good = TestImages.encode(maskImage(40, 80), "png");
    byte[] other = TestImages.encode(maskImage(80, 40), "png");
    byte[] damaged = Arrays.copyOf(good, good.length / 2);
    float nan = Float.NaN;
    float[][] boxes = {
      {-.5f, .5f, .5f, 1.5f}, // clipped
      {0, 1.1f, 1, 1.5f},
      {.5f, .5f, .5f, .6f},
      {nan, 0, 1, 1},
      {0, 0, 1, 1},
      {0, 0, 1, 1},
      {0, 0, 1, 1},
      {0, 0, 1, 1},
      {0, 0, 1, 1}
    };
    write(
        "objects",
        example(image)
            .with(BOX, boxes)
            .with(LABEL, 1, 1, 1, 1, 0, 9, 1, 1, 1)
            .with(MASK, good, good, good, good, good, good, damaged, other, new byte[0]),
        example(image).with(BOX, new float[][] {{0, 0, 1, 1}}).with(LABEL, 1, 1),
        example(image)
            .box(0, 0, 1, 1)
            .with(LABEL, 1)
            .with("image/height", 41)
            .with("image/width", 80),
        example(TestImages.withOrientation(TestImages.jpeg(40, 80, 1), 6))
            .box(0, 0, 1, 1)
            .with(LABEL, 1),
        example(image).with(LABEL, new long[0]));
    Path map = Files.writeString(folder.resolve(LabelMap.FILE), "item { id: 1 name: 'disc' }");
    try (DataSet read = new DetectionRecords(List.of(folder.resolve("objects"))).open()) {
      assertThat(read.count()).isEqualTo(1);
      ImageObject only = objects(read, 0).objects().get(0);
      assertThat(objects(read, 0).objects()).hasSize(1);
      assertThat(only.box()).isEqualTo(new Box(0, 40, 20, 80));
      assertThat(only.mask().orElseThrow().area()).isEqualTo(4);
      assertThat(reasons(read))
          .containsExactlyInAnyOrder(
              "has 1 objects, but 2 values in feature image/object/class/label",
              "has 40×80 pixels, but its record says 41×80",
              "has an EXIF orientation (6), which readers of this format do not apply to boxes",
              remark("objects with a box outside of their image", "1"),
              remark("objects with a box narrower or lower than 1 pixel", "2"),
              remark("objects with edges that are not finite", "3"),
              remark("objects with a label below 1", "4"),
              remark("objects with a label that the label map does not have", "5"),
              "has objects with an unusable mask, left out: 2; the first is objects#0, object 6"
                  + " (mask: expected a PNG file, but got one that is truncated)",
              remark("objects without a mask", "8"));
    }
    Files.writeString(map, "item { id: 0 name: 'background' }");
    assertThatThrownBy(() -> withoutMasks("objects", 1).open())
        .isInstanceOf(IOException.class)
        .hasMessage(
            map.toAbsolutePath() + " is not a label map: id: expected at least 1, but got 0.");
    Files.writeString(map, "item { id: 1\nname 'disc' }");
    assertThatThrownBy(() -> withoutMasks("objects", 1).open())
        .hasMessage(map.toAbsolutePath() + " is not a label map: it has an error in line 2.");
    Files.writeString(map, "item { id: 1 name: 'a' } item { id: 1 name: 'b' }");
    assertThatThrownBy(() -> withoutMasks("objects", 1).open())
        .hasMessageContaining("expected different numbers and names, but got 1 'b' twice.");
  }

  private static String remark(String kind, String object) {
    return "has " + kind + ", left out: 1; the first is objects#0, object " + object;
  }

  private DetectionRecords withoutMasks(String file, int minSide) {
    return new DetectionRecords(
        List.of(folder.resolve(file)), Optional.empty(), false, false, minSide);
  }

  private static BufferedImage maskImage(int height, int width) {
    BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_BYTE_BINARY);
    for (int i = 0; i < 4; i++) {
      image.setRGB(i, 2, 0xFFFFFF);
    }
    return image;
  }

  private static String shard() {
    return "images-00000-of-00001.tfrecord";
  }

  private static int index(Path target, byte[] image) throws IOException {
    List<Map<String, Feature>> records = records(target);
    return records.get(0).get("image/encoded").getBytesList().getValue(0).size() == image.length
        ? 0
        : 1;
  }

  private static List<Map<String, Feature>> records(Path directory) throws IOException {
    List<Path> shards = RecordFiles.find(List.of(directory.resolve(DetectionConversion.PATTERN)));
    List<Map<String, Feature>> records = new ArrayList<>();
    for (Path shard : shards) {
      try (TfRecordReader reader = TfRecordReader.open(shard)) {
        for (var next = reader.next(); next.isPresent(); next = reader.next()) {
          records.add(Example.parseFrom(next.get()).getFeatures().getFeatureMap());
        }
      }
    }
    return records;
  }

  private static String text(Map<String, Feature> record, String key) {
    return record.get(key).getBytesList().getValue(0).toStringUtf8();
  }

  private static ImageObjects objects(DataSet data, int index) {
    return ((ObjectTargets) data.targets()).objects(data.itemOf(index));
  }

  private static String digest(DataSet data, int[] order) {
    Digest digest = new Digest();
    data.targets().addTo(digest, order);
    return digest.toHex();
  }

  private static List<String> reasons(DataSet data) {
    return data.skipped().stream().map(SkippedItem::reason).toList();
  }

  private void write(String file, Fields... examples) throws IOException {
    try (TfRecordWriter writer = TfRecordWriter.create(folder.resolve(file))) {
      for (Fields example : examples) {
        writer.write(example.bytes());
      }
    }
  }

  private static Fields example(byte[] image) {
    return new Fields().with("image/encoded", image);
  }

  /** The features of a record. */
  private static final class Fields {
    private final Map<String, Feature> features = new LinkedHashMap<>();

    Fields with(String key, long... values) {
      Int64List.Builder list = Int64List.newBuilder();
      Arrays.stream(values).forEach(list::addValue);
      features.put(key, Feature.newBuilder().setInt64List(list).build());
      return this;
    }

    Fields with(String key, byte[]... values) {
      BytesList.Builder list = BytesList.newBuilder();
      Arrays.stream(values).forEach(value -> list.addValue(ByteString.copyFrom(value)));
      features.put(key, Feature.newBuilder().setBytesList(list).build());
      return this;
    }

    Fields with(String key, String text) {
      return with(key, text.getBytes());
    }

    Fields box(float... edges) {
      return with(BOX, new float[][] {edges});
    }

    // Each box has top, left, bottom and right.
    Fields with(String prefix, float[][] boxes) {
      String[] names = {"ymin", "xmin", "ymax", "xmax"};
      for (int i = 0; i < 4; i++) {
        FloatList.Builder list = FloatList.newBuilder();
        for (float[] box : boxes) {
          list.addValue(box[i]);
        }
        features.put(prefix + names[i], Feature.newBuilder().setFloatList(list).build());
      }
      return this;
    }

    byte[] bytes() {
      return Example.newBuilder()
          .setFeatures(Features.newBuilder().putAllFeature(features))
          .build()
          .toByteArray();
    }
  }
}
