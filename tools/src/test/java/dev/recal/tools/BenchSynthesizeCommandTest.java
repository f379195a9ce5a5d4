package dev.recal.tools;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class BenchSynthesizeCommandTest {

  @Test
  @Tag("slow")
  void measuresAStepAndItsParts() {
    CommandResult ran =
        CommandResult.of(
            "bench",
            "synthesize",
            "--size=32",
            "--width=4",
            "--batch=2",
            "--skip=slim",
            "--precision=float32",
            "--repeats=2",
            "--warm-up=1",
            "--json");
    assertThat(ran.exit()).as(ran.err()).isZero();
    assertThat(ran.err()).contains("repeat 3 of 3");
    JsonArray rows = JsonParser.parseString(ran.out()).getAsJsonArray();
    assertThat(rows).hasSize(1);
    JsonObject row = rows.get(0).getAsJsonObject();
    assertThat(row.get("skip").getAsString()).isEqualTo("slim");
    assertThat(row.get("ratio").getAsDouble()).isEqualTo(1);
    double step = row.get("step").getAsDouble();
    for (String part :
        new String[] {
          "generator_forward", "augmentation", "discriminator_gradients", "discriminator_step"
        }) {
      assertThat(row.get(part).getAsDouble()).as(part).isPositive();
    }
    assertThat(row.get("generator_forward").getAsDouble()).isLessThan(step);
  }

  @Test
  void rejectsInvalidNetworks() {
    CommandResult size = CommandResult.of("bench", "synthesize", "--size=100");
    assertThat(size.exit()).isEqualTo(2);
    assertThat(size.err()).contains("size: expected a power of two from 32 to 1024");
    assertThat(CommandResult.of("bench", "synthesize", "--batch=0").exit()).isEqualTo(2);
  }
}
