package dev.recal.tools;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

class BenchTurnsCommandTest {

  private static CommandResult turns(String input) {
    InputStream before = System.in;
    System.setIn(new ByteArrayInputStream(input.getBytes(StandardCharsets.UTF_8)));
    try {
      return CommandResult.of("bench", "turns");
    } finally {
      System.setIn(before);
    }
  }

  @Test
  void answersEachLineWithTheSecondsOfItsCalls() {
    CommandResult ran =
        turns(
            """
            network resnet20-cifar float32 train 2 8
            network resnet20-cifar float32 infer 2 8

            block plain:norm 4 float32 forward 1
            block style-recalibration:fused 4 float32 step 1
            release
            block plain:norm 4 float32 step 1
            export resnet20-cifar plain 1 8
            export resnet20-cifar float32 2 8
            """);
    assertThat(ran.exit()).isZero();
    List<JsonObject> answers =
        ran.out().lines().map(line -> JsonParser.parseString(line).getAsJsonObject()).toList();
    assertThat(answers).hasSize(8);
    for (int i = 0; i < answers.size(); i++) {
      if (i == 4) {
        assertThat(answers.get(i).entrySet()).isEmpty();
        continue;
      }
      assertThat(answers.get(i).getAsJsonArray("seconds"))
          .hasSizeGreaterThanOrEqualTo(2)
          .allSatisfy(seconds -> assertThat(seconds.getAsDouble()).isPositive());
    }
    assertThat(answers.get(6).get("model").getAsString()).contains("plain");
    assertThat(answers.get(7).get("model").getAsString()).contains("float32");
  }

  @Test
  void unknownSubjectsAreOneSentence() {
    assertThat(turns("model x\n").err())
        .contains("subject: expected one of block, export, network, but got 'model'.");
    assertThat(turns("block plain:norm 1\n").err()).contains("subject: expected 6 words");
    assertThat(turns("block plain:stem 1 float32 step 1\n").err())
        .contains("place: expected one of norm, spatial, gate, skip, but got 'stem'.");
    assertThat(turns("block plain:norm 5 float32 step 1\n").err())
        .contains("stage: expected one of 1, 2, 3, 4, but got '5'.");
    assertThat(turns("block plain:norm 1 float32 both 1\n").err())
        .contains("call: expected one of forward, step, but got 'both'.");
    assertThat(turns("block none 1 float32 step 1\n").err()).contains("module: expected one of");
    assertThat(turns("network resnet20-cifar float64 train 2 8\n").err())
        .contains("precision: expected one of float32, bfloat16, float16, but got 'float64'.");
    assertThat(turns("network resnet20-cifar float32 train two 8\n").err())
        .contains("BATCH: expected a number, but got 'two'.");
  }
}
