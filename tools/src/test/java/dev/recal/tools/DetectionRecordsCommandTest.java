package dev.recal.tools;

import static org.assertj.core.api.Assertions.assertThat;

import dev.recal.graphs.data.DataSet;
import dev.recal.graphs.data.source.DetectionRecords;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DetectionRecordsCommandTest {

  @TempDir private Path folder;

  @Test
  void cocoBecomesDetectionRecords() throws IOException {
    for (String file : new String[] {"a.png", "b.png"}) {
      BufferedImage image = new BufferedImage(40, 36, BufferedImage.TYPE_INT_RGB);
      ImageIO.write(image, "png", folder.resolve(file).toFile());
    }
    Path annotations =
        Files.writeString(
            folder.resolve("coco.json"),
            """
            {"images": [{"id": 5, "file_name": "a.png", "height": 36, "width": 40},
                        {"id": 6, "file_name": "b.png", "height": 36, "width": 40}],
             "categories": [{"id": 2, "name": "cat"}],
             "annotations": [{"id": 1, "image_id": 5, "category_id": 2, "bbox": [1, 2, 10, 10],
               "segmentation": [[1, 2, 11, 2, 11, 12, 1, 12]]}]}
            """);
    Path used = folder.resolve("used");
    CommandResult ran =
        CommandResult.of("records", folder, "--annotations", annotations, "--out", used);
    assertThat(ran.err()).doesNotContain("recal:");
    assertThat(ran.exit()).isZero();
    assertThat(ran.out()).startsWith("1 image with objects of 1 class in 1 shard");
    assertThat(used.resolve("labels.pbtxt")).content().contains("id: 1").contains("\"cat\"");

    Path all = folder.resolve("all");
    CommandResult every =
        CommandResult.of(
            "records", folder, "--annotations", annotations, "--out", all, "--empty-images");
    assertThat(every.out()).startsWith("2 images with objects of 1 class in 1 shard");
    try (DataSet read = DetectionRecords.in(all).open()) {
      assertThat(read.count()).isEqualTo(1);
    }
  }

  @Test
  void optionsThatDoNotFitAreUsageErrors() {
    assertUsage("IMAGES: expected either a folder or --source, but got neither.");
    assertUsage(
        "IMAGES: expected either a folder or --source, but got both.",
        folder,
        "--source",
        "drawn-scenes");
    assertUsage("--no-masks: expected --annotations with it, but got none.", folder, "--no-masks");
    assertUsage("--source: there is no 'drawn-scene'", "--source", "drawn-scene");
    assertUsage(
        "--source: expected images with objects, but got",
        "--source",
        "{\"type\": \"textures\", \"perClass\": 2, \"size\": 8}");
  }

  private void assertUsage(String message, Object... arguments) {
    Object[] line = new Object[arguments.length + 3];
    System.arraycopy(arguments, 0, line, 3, arguments.length);
    line[0] = "records";
    line[1] = "--out";
    line[2] = folder.resolve("out");
    CommandResult ran = CommandResult.of(line);
    assertThat(ran.err()).contains(message);
    assertThat(ran.exit()).isEqualTo(2);
    assertThat(folder.resolve("out")).doesNotExist();
  }
}
