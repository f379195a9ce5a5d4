package dev.recal.tools.interop;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.recal.graphs.data.source.DrawnScenes;
import dev.recal.tools.CommandResult;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DetectionRecordsPythonTest {

  @TempDir private Path folder;

  @Test
  void modelGardensFeaturesAreReadByPython() throws IOException, InterruptedException {
    Python.assume("tensorflow");
    String source = "{\"type\": \"drawn-scenes\", \"count\": 5, \"height\": 48, \"width\": 40}";
    CommandResult ran =
        CommandResult.of("records", "--source", source, "--out", folder.resolve("scenes"));
    assertThat(ran.exit()).as(ran.err()).isZero();
    String output = Python.run("check_detection_records.py", folder.resolve("scenes"));
    JsonObject found =
        JsonParser.parseString(output.strip().lines().reduce("", (a, b) -> b)).getAsJsonObject();
    assertThat(found.getAsJsonObject("classes").size()).isEqualTo(DrawnScenes.classNames().size());
    JsonArray records = found.getAsJsonArray("records");
    assertThat(records).hasSize(5);
    records.forEach(
        record ->
            assertThat(record.getAsJsonObject().getAsJsonArray("pixels").size())
                .isEqualTo(record.getAsJsonObject().getAsJsonArray("labels").size())
                .isPositive());
  }
}
