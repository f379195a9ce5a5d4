package dev.recal.tools;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.recal.graphs.network.Networks;
import org.junit.jupiter.api.Test;

class NetworksCommandTest {

  @Test
  void listsEveryNetworkOfTheWords() {
    CommandResult ran = CommandResult.of("networks", "resnet50", "srm");
    assertThat(ran.exit()).isZero();
    assertThat(ran.out())
        .containsPattern(
            "srm-resnet50 +224 +1,000 +25,617,448 +4\\.0\\d+ +77\\.13 +93\\.51 +1512\\.03385"
                + " 1903\\.10829")
        .contains("srm-resnet50-v1d")
        .doesNotContain("se-resnet50");
  }

  @Test
  void jsonHasEveryAccuracy() {
    CommandResult ran = CommandResult.of("networks", "--json", "resnet101");
    assertThat(ran.exit()).isZero();
    JsonArray rows = JsonParser.parseString(ran.out()).getAsJsonArray();
    assertThat(rows)
        .hasSize((int) Networks.names().stream().filter(n -> n.contains("resnet101")).count());
    JsonObject plain = rows.get(0).getAsJsonObject();
    assertThat(plain.get("name").getAsString()).isEqualTo("resnet101");
    assertThat(plain.get("parameters").getAsLong()).isEqualTo(44_549_160);
    assertThat(plain.get("published").toString())
        .isEqualTo(
            "[{\"data\":\"ImageNet\",\"top1\":77.4,\"top5\":93.59,\"paper\":\"1903.10829\"},"
                + "{\"data\":\"ImageNet\",\"top1\":78.67,\"paper\":\"1908.01259\"}]");
  }

  @Test
  void unknownNetworkWordIsAUsageError() {
    CommandResult ran = CommandResult.of("networks", "resnet51");
    assertThat(ran.exit()).isEqualTo(2);
    assertThat(ran.err()).contains("WORD: there is no 'resnet51'. Did you mean");
  }
}
