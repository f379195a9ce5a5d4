package dev.recal.tools;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** From a trained detector to objects in image files. */
@Tag("slow")
class DetectionRunTest {

  @TempDir private Path directory;

  @Test
  void aRunAndItsExportFindTheSameObjects() throws IOException {
    Path run = directory.resolve("run");
    CommandResult trained = TinyDetector.train(run);
    assertThat(trained.exit()).as(trained.err()).isZero();
    Path model = directory.resolve("model");
    CommandResult exported = CommandResult.of("export", run, model);
    assertThat(exported.exit()).as(exported.err()).isZero();
    Path image = TinyDetector.image(directory.resolve("a.png"), 0);
    CommandResult ofRun = CommandResult.of("predict", run, image, "--json", "--min-score", 0);
    CommandResult ofModel = CommandResult.of("predict", model, image, "--json", "--min-score", 0);
    assertThat(ofRun.exit()).as(ofRun.err()).isZero();
    JsonArray first = objects(ofRun);
    JsonArray second = objects(ofModel);
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
    Path fromRun = directory.resolve("of-run");
    Path fromModel = directory.resolve("of-model");
    assertThat(CommandResult.of("explain", run, image, "--out", fromRun).exit()).isZero();
    assertThat(CommandResult.of("explain", model, image, "--out", fromModel).exit()).isZero();
    assertThat(Files.readAllBytes(fromRun.resolve("a-mixture.png")))
        .isEqualTo(Files.readAllBytes(fromModel.resolve("a-mixture.png")));
  }

  private static JsonArray objects(CommandResult ran) {
    return JsonParser.parseString(ran.out())
        .getAsJsonObject()
        .getAsJsonArray("images")
        .get(0)
        .getAsJsonObject()
        .getAsJsonArray("objects");
  }
}
