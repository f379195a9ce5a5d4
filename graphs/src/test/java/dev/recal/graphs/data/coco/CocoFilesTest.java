package dev.recal.graphs.data.coco;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.assertj.core.api.AbstractThrowableAssert;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CocoFilesTest {
  private static final String LISTS =
      """
      "info": {"year": [2017, {}]},
      "images": [{"id": 4, "height": 3, "width": 5, "file_name": "a.png", "license": null}],
      "categories": [{"id": 7, "name": "cat", "supercategory": "animal"}]""";
  private static final String BOX =
      """
      "image_id": 4, "category_id": 7, "bbox": [1, 0, 2, 3], "area": 5.5""";

  @TempDir private Path directory;

  @Test
  void readsWhatTheFileLists() throws IOException {
    CocoAnnotations read =
        annotations(
            annotation(1, BOX + ", \"segmentation\": [[1, 0, 3, 0, 3, 3, 1, 3]], \"iscrowd\": 0")
                + ","
                + annotation(
                    2,
                    BOX
                        + ", \"ignore\": 1, \"iscrowd\": 1, \"segmentation\": "
                        + "{\"counts\": [3, 6, 6], \"size\": [3, 5]}"),
            true);
    assertThat(read.images()).containsExactly(new CocoAnnotations.Image(4, "a.png", 3, 5));
    assertThat(read.categories()).containsExactly(new CocoAnnotations.Category(7, "cat"));
    assertThat(read.remarks()).isEmpty();
    GroundTruth first = read.objects().get(0);
    GroundTruth second = read.objects().get(1);
    assertThat(first.box()).isEqualTo(new CocoBox(1, 0, 2, 3));
    assertThat(first.area()).isEqualTo(5.5);
    assertThat(first.crowd() || first.ignore()).isFalse();
    assertThat(second.crowd() && second.ignore()).isTrue();
    assertThat(first.mask().orElseThrow().runs()).containsExactly(3, 6, 6);
    assertThat(second.mask()).isEqualTo(first.mask());
  }

  @Test
  void boxesOfDetectionsMayComeFromMasks() throws IOException {
    CocoAnnotations annotations = annotations("", false);
    String counts = "\"segmentation\": {\"size\": [3, 5], \"counts\": \"366\"}";
    Path file = write("[{\"image_id\": 4, \"category_id\": 7, \"score\": 1e-1, " + counts + "}]");
    Detection detection = CocoDetections.read(file, annotations, false).detections().get(0);
    assertThat(detection).isEqualTo(new Detection(4, 7, 0.1, new CocoBox(1, 0, 2, 3)));
    assertThat(CocoDetections.read(file, annotations, true).detections().get(0).mask())
        .hasValueSatisfying(mask -> assertThat(mask.area()).isEqualTo(6));
  }

  @Test
  void unusualEntriesAreCountedAndNamed() throws IOException {
    CocoAnnotations annotations =
        annotations(
            annotation(1, BOX.replace("4,", "40,"))
                + ","
                + annotation(2, BOX.replace("7,", "70,"))
                + ","
                + annotation(3, BOX.replace("7,", "71,"))
                + ","
                + annotation(4, BOX.replace("2, 3]", "0, 3]"))
                + ","
                + annotation(5, BOX.replace("[1,", "[5,")),
            false);
    assertThat(annotations.objects()).hasSize(2);
    assertThat(annotations.remarks())
        .containsExactly(
            "annotations of unlisted images, left out: 1; the first is annotations.0 (image 40).",
            "annotations of unlisted categories, left out: 2; the first is annotations.1 (category"
                + " 70).",
            "annotations with an empty box: 1; the first is annotations.3.",
            "annotations with a box outside of their image: 1; the first is annotations.4.");
    Path file = write("[{" + BOX.replace("7,", "70,") + ", \"score\": 1}]");
    CocoDetections detections = CocoDetections.read(file, annotations, false);
    assertThat(detections.detections()).isEmpty();
    assertThat(detections.remarks())
        .containsExactly(
            "detections of unlisted categories, left out: 1; the first is 0 (category 70).");
  }

  @Test
  void damagedAnnotationsNameFileAndPlace() throws IOException {
    refused(annotation(1, BOX) + "," + annotation(1, BOX))
        .hasMessageEndingWith("file.json: annotations.1.id: the annotation 1 is listed twice.");
    refused(annotation(1, BOX.replace(", 3]", "]")))
        .hasMessageEndingWith(
            ": annotations.0.bbox: expected x, y, width and height, but got 3 numbers.");
    refused(annotation(1, BOX.replace("2, 3]", "2, \"3\"]")))
        .hasMessageEndingWith(": annotations.0.bbox.3: expected a finite number, but got '3'.");
    refused(annotation(1, BOX.replace("2, 3]", "-2, 3]")))
        .hasMessageContaining(": annotations.0.bbox: width and height: expected finite numbers");
    refused(annotation(1, BOX.replace(", \"area\": 5.5", "")))
        .hasMessageEndingWith(": annotations.0: expected a member 'area', but there is none.");
    refused(annotation(1, BOX + ", \"area\": 5"))
        .hasMessageEndingWith(": annotations.0.area: this member is given twice.");
    refused(annotation(1, BOX.replace("4,", "4.0,")))
        .hasMessageEndingWith(": annotations.0.image_id: expected an integer, but got 4.0.");
    refused(annotation(1, BOX.replace("5.5", "NaN")))
        .hasMessageContaining("file.json, line 1, column 91")
        .hasMessageEndingWith(": this is not valid JSON, within annotations.0.");
    assertThatThrownBy(() -> CocoAnnotations.read(write("{\"images\": [{\"id\": 1,"), true))
        .isInstanceOf(IOException.class)
        .hasMessageEndingWith("file.json: the JSON ends too early, within images.0.id.");
    assertThatThrownBy(() -> CocoAnnotations.read(write("{\"images\": [], \"info\": 1}"), true))
        .hasMessageEndingWith("file.json: categories: expected a list, but got nothing.");
    assertThatThrownBy(() -> CocoAnnotations.read(write("[]"), true))
        .hasMessageEndingWith("file.json: expected an object, but got a list.");
    assertThatThrownBy(() -> CocoAnnotations.read(directory.resolve("none.json"), true))
        .hasMessageEndingWith("none.json cannot be read: it does not exist.");
  }

  @Test
  void damagedMasksNameFileAndPlace() throws IOException {
    segmentation("[[0, 0, 1, 1]]")
        .hasMessageEndingWith(
            "annotations.0.segmentation: polygon: expected three corners or more as x, y, x, y …,"
                + " but got 4 numbers.");
    segmentation("[]").hasMessageContaining("polygons: expected at least one, but got none.");
    segmentation("{\"size\": [5, 3], \"counts\": [15]}")
        .hasMessageEndingWith("size: expected that of the image, 3×5, but got 5×3.");
    segmentation("{\"size\": [3, 5], \"counts\": [3, 6]}")
        .hasMessageEndingWith("runs: expected lengths that add up to 3×5 = 15 pixels, but got 9.");
    segmentation("{\"size\": [3, 5], \"counts\": \"36~\"}")
        .hasMessageEndingWith(
            "counts: expected characters from '0' to 'o', but got '~' at index 2.");
    segmentation("{\"size\": [3, 5]}")
        .hasMessageContaining("expected polygons, or runs with 'size'");
    refused(annotation(1, BOX), true)
        .hasMessageEndingWith(
            ": annotations.0: expected a member 'segmentation', but there is none.");
  }

  @Test
  void damagedDetectionsNameFileAndPlace() throws IOException {
    CocoAnnotations annotations = annotations("", false);
    assertThatThrownBy(() -> detections(annotations, BOX.replace("4,", "40,") + ", \"score\": 1"))
        .isInstanceOf(IOException.class)
        .hasMessageEndingWith(
            "file.json: 0.image_id: expected an image that the annotations list, but got 40; are"
                + " these detections of other images?");
    assertThatThrownBy(() -> detections(annotations, BOX))
        .hasMessageEndingWith("file.json: 0: expected a member 'score', but there is none.");
    assertThatThrownBy(() -> detections(annotations, BOX + ", \"score\": 1e999"))
        .hasMessageEndingWith("file.json: 0.score: expected a finite number, but got 1e999.");
    assertThat(CocoDetections.read(write("[]"), annotations, true).detections()).isEmpty();
  }

  private void detections(CocoAnnotations annotations, String members) throws IOException {
    CocoDetections.read(write("[{" + members + "}]"), annotations, false);
  }

  private AbstractThrowableAssert<?, ?> segmentation(String json) {
    return refused(annotation(1, BOX + ", \"segmentation\": " + json), true);
  }

  private AbstractThrowableAssert<?, ?> refused(String annotations) {
    return refused(annotations, false);
  }

  private AbstractThrowableAssert<?, ?> refused(String annotations, boolean masks) {
    return assertThatThrownBy(() -> annotations(annotations, masks))
        .isInstanceOf(IOException.class);
  }

  private static String annotation(long id, String members) {
    return "{\"id\": " + id + ", " + members + "}";
  }

  private CocoAnnotations annotations(String annotations, boolean masks) throws IOException {
    return CocoAnnotations.read(
        write("{\"annotations\": [" + annotations + "]," + LISTS + "}"), masks);
  }

  private Path write(String json) throws IOException {
    return Files.writeString(directory.resolve("file.json"), json);
  }
}
