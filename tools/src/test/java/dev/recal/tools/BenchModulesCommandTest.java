package dev.recal.tools;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class BenchModulesCommandTest {

  private static final List<String> TINY =
      List.of("--stage=4", "--batch=1", "--repeats=1", "--warm-up=0");

  @Test
  void theTableHasAPlainBlockForEachPlaceAndARowForEachModule() {
    CommandResult ran = bench("--module=style-recalibration,switchable-norm");
    assertThat(ran.exit()).as(ran.err()).isZero();
    assertThat(ran.out())
        .contains("float32, batch 1", "bfloat16, batch 1", "7²: fwd")
        .containsPattern("(?m)^gate( +\\d+\\.\\d+){3}$")
        .containsPattern("(?m)^norm( +\\d+\\.\\d+){3}$")
        .doesNotContainPattern("(?m)^spatial")
        .containsPattern("(?m)^style-recalibration +gate( +\\d+\\.\\d\\d){3}$")
        .containsPattern("(?m)^switchable-norm +norm( +\\d+\\.\\d\\d){3}$");
    assertThat(ran.err()).contains("float32, batch 1, 7²");
  }

  @Test
  void jsonHasTimesAndBytesOfBothBlocks() {
    CommandResult ran = bench("--module=gather-excite", "--precision=float32", "--json");
    assertThat(ran.exit()).as(ran.err()).isZero();
    JsonArray rows = JsonParser.parseString(ran.out()).getAsJsonArray();
    assertThat(rows.asList().stream().map(row -> row.getAsJsonObject().get("module").getAsString()))
        .contains("gather-excite", "gather-excite:theta-minus");
    JsonObject row = rows.get(0).getAsJsonObject();
    assertThat(row.get("place").getAsString()).isEqualTo("gate");
    assertThat(row.get("channels").getAsInt()).isEqualTo(2048);
    JsonObject block = row.getAsJsonObject("block");
    JsonObject plain = row.getAsJsonObject("plain");
    for (String value : List.of("forwardSeconds", "stepSeconds", "forwardBytes", "stepBytes")) {
      double ratio = block.get(value).getAsDouble() / plain.get(value).getAsDouble();
      assertThat(row.get(value.replace("Seconds", "") + "Ratio").getAsDouble()).isEqualTo(ratio);
    }
  }

  @Test
  void rejectsInvalidArguments() {
    assertThat(bench("--module=drconf").err()).contains("Did you mean 'drconv'?");
    assertThat(bench("--module=drconf").exit()).isEqualTo(2);
    assertThat(CommandResult.of("bench", "modules", "--stage=5").err())
        .contains("from 1 to 4, but got 5");
    assertThat(CommandResult.of("bench", "modules", "--batch=0").exit()).isEqualTo(2);
    assertThat(CommandResult.of("bench", "modules", "--list").out()).contains("drconv:experts");
  }

  private static CommandResult bench(String... more) {
    List<String> words = new ArrayList<>(List.of("bench", "modules"));
    words.addAll(TINY);
    words.addAll(List.of(more));
    return CommandResult.of(words.toArray());
  }
}
