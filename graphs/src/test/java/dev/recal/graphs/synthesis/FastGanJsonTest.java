package dev.recal.graphs.synthesis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.recal.ops.skip.SkipLayerExcitation;
import dev.recal.ops.skip.SkipLayerSlim;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class FastGanJsonTest {

  @ParameterizedTest
  @EnumSource(SkipKind.class)
  void roundTripsThroughJson(SkipKind kind) {
    FastGan networks = FastGan.of(256, kind).width(32);
    assertThat(FastGanJson.read(FastGanJson.write(networks).toString())).isEqualTo(networks);
  }

  @Test
  void readsTheShortForm() {
    assertThat(FastGanJson.read("{\"size\": 128}")).isEqualTo(FastGan.of(128, SkipKind.SLIM));
    FastGanGenerator net =
        FastGanJson.read(
                "{\"size\": 128, \"skip\": \"sle\", \"width\": 16, \"latent\": 100,"
                    + " \"noise\": false, \"tanh\": true}")
            .generator();
    FastGanGenerator plain = FastGanGenerator.of(128, SkipKind.SLE);
    assertThat(net)
        .isEqualTo(
            new FastGanGenerator(128, 100, 16, plain.multipliers(), plain.skips(), false, true));
  }

  @Test
  void readsSkipsByResolution() {
    List<Skip> skips =
        FastGanJson.read(
                "{\"size\": 256, \"skip\": [{\"from\": 4, \"to\": 64, \"layer\": \"sle\"},"
                    + "{\"from\": 8, \"to\": 128, \"layer\": \"slim\"},"
                    + "{\"from\": 16, \"to\": 256, \"layer\": \"skip-layer-excitation\"},"
                    + "{\"from\": 32, \"to\": 256, \"layer\":"
                    + " {\"type\": \"skip-layer-slim\", \"noise\": true}}]}")
            .generator()
            .skips();
    assertThat(skips)
        .containsExactly(
            new Skip(4, 64, SkipKind.excitation()),
            new Skip(8, 128, SkipKind.slim()),
            new Skip(16, 256, new SkipLayerExcitation()),
            new Skip(32, 256, new SkipLayerSlim(4, 16, 2, true, true)));
  }

  @Test
  void readsShortNamesInsideTheFullForm() {
    FastGan networks = FastGan.of(64, SkipKind.SLIM);
    String written = FastGanJson.write(networks).toString();
    String slim =
        written.substring(
            written.indexOf("{\"type\":\"skip-layer-slim\""), written.indexOf("}],\"noise\""));
    String text = written.replace(slim, "\"slim\"");
    assertThat(text).contains("\"layer\":\"slim\"");
    assertThat(FastGanJson.read(text)).isEqualTo(networks);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{'size': 128, 'widht': 8} | widht: there is no such key.",
        "{'skip': 'slim'} | size: expected a whole number, but got nothing.",
        "{'size': 96} | size: expected a power of two from 32 to 1024, but got 96.",
        "{'size': 64, 'skip': 'sim'} | skip: there is no 'sim'.",
        "[] | expected an object",
        "{'generator': 1} | generator: expected an object, but got 1.",
        "{'size': 64, 'skip': [{'from': 4, 'to': 64, 'layer': 'sl'}]} | 'sl'",
      })
  void rejectsUnknownNames(String text, String message) {
    assertThatThrownBy(() -> FastGanJson.read(text.replace('\'', '"')))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(message);
  }
}
