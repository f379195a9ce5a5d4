package dev.recal.tools;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class BenchWorkersCommandTest {

  @Tag("slow")
  @Test
  void twoWorkersTakeAllTurns() {
    CommandResult ran =
        CommandResult.of(
            "bench",
            "workers",
            "--workers=2",
            "--networks=resnet20-cifar:2:8",
            "--repeats=1",
            "--json");
    assertThat(ran.exit()).as(ran.err()).isZero();
    JsonArray rows = JsonParser.parseString(ran.out()).getAsJsonArray();
    assertThat(rows).hasSize(1);
    JsonObject row = rows.get(0).getAsJsonObject();
    assertThat(row.get("bytes").getAsLong()).isEqualTo(4 * 272_474);
    assertThat(row.get("gradients").getAsInt()).isEqualTo(65);
    assertThat(row.getAsJsonArray("turns")).hasSize(12);
    row.getAsJsonArray("turns")
        .forEach(
            turn ->
                assertThat(turn.getAsJsonObject().get("median").getAsDouble())
                    .as(turn.toString())
                    .isPositive());
  }

  @Test
  void theModelNeedsNoMeasurement() {
    CommandResult ran = CommandResult.of("bench", "workers", "--model", "--latency=0");
    assertThat(ran.exit()).as(ran.err()).isZero();
    // 102 MB over 1 Gbit/s and through one core, and the computation of 16 images.
    assertThat(ran.out()).containsPattern("ResNet-50, CPU +16 +1 +1744 +2746 ");
  }

  @Test
  void aCostBelowZeroIsAUsageError() {
    CommandResult ran = CommandResult.of("bench", "workers", "--model", "--latency=-1");
    assertThat(ran.exit()).isEqualTo(2);
    assertThat(ran.err()).contains("--latency: expected");
  }
}
