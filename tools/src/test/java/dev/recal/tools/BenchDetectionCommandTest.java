package dev.recal.tools;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class BenchDetectionCommandTest {

  @Tag("slow")
  @Test
  void measuresHeadsThatHaveSomethingToDo() {
    CommandResult ran =
        CommandResult.of(
            "bench",
            "detection",
            "--size=1x256x320",
            "--precision=float32",
            "--repeats=1",
            "--warm-up=0",
            "--json");
    assertThat(ran.exit()).as(ran.err()).isZero();
    assertThat(ran.err()).contains("1x256x320, train, float32");
    JsonArray rows = JsonParser.parseString(ran.out()).getAsJsonArray();
    assertThat(rows).hasSize(2);
    requireWork(rows.get(0).getAsJsonObject(), "train", 512, 128, 0);
    requireWork(rows.get(1).getAsJsonObject(), "infer", 1000, 100, 100);
  }

  private static void requireWork(
      JsonObject row, String mode, int regions, int masks, int objects) {
    assertThat(row.get("mode").getAsString()).isEqualTo(mode);
    assertThat(row.get("regions").getAsInt()).isEqualTo(regions);
    assertThat(row.get("masks").getAsInt()).isEqualTo(masks);
    assertThat(row.get("objects").getAsInt()).isEqualTo(objects);
    assertThat(row.get("seconds").getAsDouble()).isPositive();
  }

  @Test
  void aSizeThatIsNoneIsNamed() {
    CommandResult ran = CommandResult.of("bench", "detection", "--size=512x512");
    assertThat(ran.exit()).isNotZero();
    assertThat(ran.err())
        .contains("--size: expected images, height and width like 2x512x512, but got 512x512.");
  }
}
