package dev.recal.tools;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Cases that are not those of a layer. */
class GoldenKindsTest {

  private static final String NAMED = "\"image_id\": 1, \"category_id\": 2, ";
  private static final String SEGMENTATION =
      "\"segmentation\": {\"size\": [4, 4], \"counts\": [4, 4, 8]}";

  @TempDir private Path directory;

  @Test
  void correctCocoNumbersPassAndWrongOnesFail() throws IOException {
    write("\"coco-evaluation\"", "1.0");
    CommandResult right = CommandResult.of("golden", directory, "--json");
    assertThat(right.exit()).as(right.out()).isZero();
    JsonObject report = JsonParser.parseString(right.out()).getAsJsonObject();
    assertThat(report.get("passed").getAsInt()).isEqualTo(1);
    write("\"coco-evaluation\"", "0.75");
    CommandResult wrong = CommandResult.of("golden", directory);
    assertThat(wrong.exit()).isEqualTo(1);
    assertThat(wrong.out())
        .contains("case: bbox AP: expected 0.750000000000, but got 1.000000000000.")
        .contains("case: segm AP50: expected 0.750000000000, but got 1.000000000000.");
  }

  @Test
  void unknownKindsAreCountedAndDamagedCasesAreSentences() throws IOException {
    write("\"coco-evaluations\"", "1.0");
    CommandResult unknown = CommandResult.of("golden", directory);
    assertThat(unknown.exit()).isZero();
    assertThat(unknown.out()).contains("0 passed, 0 failed, 1 unknown of 1 cases");
    write("3", "1.0");
    assertThat(CommandResult.of("golden", directory).err())
        .contains("case 'case': kind: expected a text, but got 3.");
    write("\"coco-evaluation\"", "1.0");
    Files.writeString(directory.resolve("case/expected.json"), "{\"bbox\": [1, 2]}");
    CommandResult damaged = CommandResult.of("golden", directory);
    assertThat(damaged.exit()).isEqualTo(1);
    assertThat(damaged.out()).contains("expected.json: bbox: expected a list of 12 numbers.");
  }

  /** The cases of pycocotools, if present beside the project. */
  @Test
  void everyPublishedCaseOfDetectionPasses() {
    Path published =
        Path.of(
            Objects.requireNonNullElse(
                System.getenv("RECAL_GOLDEN_DETECTION"), "../../shared/golden-detection"));
    assumeThat(published.resolve("manifest.json")).exists();
    CommandResult ran = CommandResult.of("golden", published, "--json");
    JsonObject report = JsonParser.parseString(ran.out()).getAsJsonObject();
    assertThat(report.get("failed").getAsInt()).as(ran.out()).isZero();
    assertThat(report.get("passed").getAsInt()).isGreaterThanOrEqualTo(3);
    assertThat(ran.exit()).isZero();
  }

  // One small object, found exactly.
  private void write(String kind, String number) throws IOException {
    Path files = Files.createDirectories(directory.resolve("case"));
    Files.writeString(directory.resolve("manifest.json"), "{\"case\": {\"kind\": " + kind + "}}");
    Files.writeString(
        files.resolve("annotations.json"),
        "{\"images\": [{\"id\": 1, \"height\": 4, \"width\": 4}], \"categories\": [{\"id\": 2}],"
            + " \"annotations\": [{\"id\": 1, \"bbox\": [1, 0, 1, 4], \"area\": 4, "
            + (NAMED + SEGMENTATION + "}]}"));
    Files.writeString(
        files.resolve("detections.json"),
        "[{\"bbox\": [1, 0, 1, 4], \"score\": 0.5, " + NAMED + SEGMENTATION + "}]");
    // Nothing is medium or large.
    String four = String.join(", ", Collections.nCopies(4, number));
    String list = "[" + four + ", -1, -1, " + four + ", -1, -1]";
    Files.writeString(
        files.resolve("expected.json"), "{\"bbox\": " + list + ", \"segm\": " + list + "}");
  }
}
