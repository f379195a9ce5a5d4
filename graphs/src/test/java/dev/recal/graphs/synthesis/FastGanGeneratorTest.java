package dev.recal.graphs.synthesis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.recal.ops.Tower;
import dev.recal.ops.skip.SkipLayerExcitation;
import dev.recal.ops.skip.SkipLayerSlim;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FastGanGeneratorTest {

  // SLIM at both positions, with separate noise.
  private static final FastGanGenerator SMALL =
      FastGanJson.read(
              "{\"size\": 64, \"width\": 8, \"latent\": 16, \"skip\": ["
                  + "{\"from\": 4, \"to\": 16, \"layer\": \"sle\"},"
                  + "{\"from\": 8, \"to\": 64, \"layer\": {\"type\": \"skip-layer-slim\","
                  + " \"noise\": true, \"spectral\": true}}]}")
          .generator();

  @ParameterizedTest
  @CsvSource({
    "32, SLIM, 16, '4-16 SkipLayerExcitation, 8-32 SkipLayerSlim'",
    "64, SLE, 32, '4-32 SkipLayerExcitation, 8-64 SkipLayerExcitation'",
    "128, SLIM, 64, '4-64 SkipLayerExcitation, 8-128 SkipLayerSlim'",
    "256, SLIM, 128, '4-64 SkipLayerExcitation, 8-128 SkipLayerSlim, 16-256 SkipLayerSlim'",
    "512, SLE, 128, '4-64 SkipLayerExcitation, 8-128 SkipLayerExcitation, 16-256"
        + " SkipLayerExcitation, 32-512 SkipLayerExcitation'",
    "1024, SLIM, 128, '4-64 SkipLayerExcitation, 8-128 SkipLayerSlim, 16-256 SkipLayerSlim, 32-512"
        + " SkipLayerExcitation'",
    "1024, NONE, 128, ''",
  })
  void everySizeHasItsSkipsAndShapes(int size, SkipKind kind, int small, String skips) {
    FastGanGenerator net = FastGanGenerator.of(size, kind).width(16);
    assertThat(net.skips().stream().map(FastGanGeneratorTest::text).toList())
        .isEqualTo(skips.isEmpty() ? List.of() : List.of(skips.split(", ")));
    assertThat(net.tanh()).isEqualTo(size == 1024);
    try (BuiltGenerator built = BuiltGenerator.of(net, Tower.serving())) {
      assertThat(built.output.images().shape().asArray()).containsExactly(-1, size, size, 3);
      assertThat(built.output.small().shape().asArray()).containsExactly(-1, small, small, 3);
      assertThat(built.output.maps()).containsKeys(4, 8, 16, 32, size);
      assertThat(built.output.maps().get(4).shape().asArray()).containsExactly(-1, 4, 4, 256);
    }
  }

  private static String text(Skip skip) {
    return skip.from() + "-" + skip.to() + " " + skip.layer().getClass().getSimpleName();
  }

  @Test
  void imageDependsOnItsLatentOnly() {
    float[] latents = BuiltGenerator.latents(SMALL, 3);
    try (BuiltGenerator built = BuiltGenerator.of(SMALL, Tower.serving())) {
      float[] all = built.run(built.output.images(), latents);
      int image = all.length / 3;
      for (int i = 0; i < 3; i++) {
        float[] latent = Arrays.copyOfRange(latents, i * SMALL.latent(), (i + 1) * SMALL.latent());
        float[] alone = built.run(built.output.images(), latent);
        assertThat(alone)
            .containsExactly(Arrays.copyOfRange(all, i * image, (i + 1) * image), within(1e-5f));
      }
    }
  }

  @Test
  void trainingDrawsNoiseForEveryImage() {
    float[] latents = new float[2 * SMALL.latent()];
    Arrays.fill(latents, 0.5f);
    try (BuiltGenerator built = BuiltGenerator.of(SMALL, Tower.training())) {
      float[] all = built.run(built.output.images(), latents);
      assertThat(Arrays.copyOf(all, all.length / 2))
          .isNotEqualTo(Arrays.copyOfRange(all, all.length / 2, all.length));
      assertThat(built.run(built.output.images(), latents)).isEqualTo(all);
    }
  }

  @Test
  void mixingALatentWithItselfChangesNothing() {
    float[] latents = BuiltGenerator.latents(SMALL, 2);
    float[] plain;
    try (BuiltGenerator built = BuiltGenerator.of(SMALL, Tower.serving())) {
      plain = built.run(built.output.images(), latents);
    }
    try (BuiltGenerator mixed =
        new BuiltGenerator(SMALL, Tower.serving(), (context, z) -> SMALL.mix(context, z, z))) {
      assertThat(mixed.output.images().shape().asArray()).containsExactly(-1, 64, 64, 3);
      assertThat(mixed.run(mixed.output.images(), latents)).containsExactly(plain, within(1e-5f));
    }
  }

  @Test
  void mixingChangesTheGatedMapsOnly() {
    float[] latents = BuiltGenerator.latents(SMALL, 2);
    try (BuiltGenerator plain = BuiltGenerator.of(SMALL, Tower.serving());
        BuiltGenerator mixed =
            new BuiltGenerator(
                SMALL,
                Tower.serving(),
                (context, z) ->
                    SMALL.mix(
                        context,
                        z,
                        context.tf().reverse(z, context.tf().constant(new int[] {0}))))) {
      for (int resolution : List.of(4, 8)) {
        assertThat(mixed.run(mixed.output.maps().get(resolution), latents))
            .containsExactly(
                plain.run(plain.output.maps().get(resolution), latents), within(1e-5f));
      }
      assertThat(mixed.run(mixed.output.maps().get(16), latents))
          .isNotEqualTo(plain.run(plain.output.maps().get(16), latents));
    }
  }

  @Test
  void rejectsMixingInTraining() {
    assertThatThrownBy(
            () ->
                new BuiltGenerator(
                    SMALL, Tower.training(), (context, z) -> SMALL.mix(context, z, z)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "context: expected a tower in inference phase for style mixing, but 'training' is in"
                + " training phase.");
  }

  @ParameterizedTest
  @CsvSource({
    "16, 'size: expected a power of two from 32 to 1024, but got 16.'",
    "100, 'size: expected a power of two from 32 to 1024, but got 100.'",
    "-64, 'size: expected a power of two from 32 to 1024, but got -64.'",
    "2048, 'size: expected a power of two from 32 to 1024, but got 2048.'",
  })
  void rejectsInvalidSizes(int size, String message) {
    assertThatThrownBy(() -> FastGanGenerator.of(size, SkipKind.SLE))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(message);
    assertThatThrownBy(() -> FastGanDiscriminator.of(size)).hasMessage(message);
  }

  @Test
  void rejectsWidthsWithoutChannels() {
    assertThatThrownBy(() -> FastGanGenerator.of(1024, SkipKind.NONE).width(1))
        .hasMessage(
            "width: expected a width that leaves every map at least one channel, but 1 leaves the"
                + " map of 256×256 none.");
    assertThatThrownBy(() -> FastGanDiscriminator.of(512).width(3))
        .hasMessage(
            "width: expected a width that leaves every map at least one channel, but 3 leaves the"
                + " map of 256×256 none.");
    assertThat(FastGanGenerator.of(128, SkipKind.NONE).width(1).channels(128)).isEqualTo(1);
    assertThatThrownBy(() -> FastGanGenerator.of(32, SkipKind.NONE).width(0))
        .hasMessage("width: expected at least 1, but got 0.");
  }

  @Test
  void rejectsInvalidSettingsByName() {
    FastGanGenerator net = FastGanGenerator.of(64, SkipKind.NONE);
    assertThatThrownBy(() -> with(net, List.of(new Skip(8, 128, new SkipLayerExcitation()))))
        .hasMessage(
            "skips: expected from a lower to a higher resolution, up to the size 64, but got one"
                + " from 8 to 128.");
    assertThatThrownBy(() -> with(net, List.of(new Skip(16, 8, new SkipLayerExcitation()))))
        .hasMessageContaining("but got one from 16 to 8.");
    Skip twice = new Skip(8, 32, new SkipLayerExcitation());
    assertThatThrownBy(() -> with(net, List.of(twice, twice)))
        .hasMessage(
            "skips: expected at most one between two resolutions, but got two from 8 to 32.");
    SkipLayerSlim three = new SkipLayerSlim(3, 1, 1, true, false);
    assertThatThrownBy(() -> with(net, List.of(new Skip(8, 32, three))))
        .hasMessage(
            "skips: expected groups that divide the 512 channels of the map of 8×8, but got 3.");
    assertThatThrownBy(() -> new Skip(8, 8, new SkipLayerExcitation()))
        .hasMessage("skip.to: expected another resolution than skip.from, but both are 8.");
    assertThatThrownBy(() -> new Skip(6, 32, new SkipLayerExcitation()))
        .hasMessage("skip.from: expected a power of two from 4 to 1024, but got 6.");
    assertThatThrownBy(
            () -> new FastGanGenerator(64, 256, 64, List.of(1.0), List.of(), true, false))
        .hasMessage(
            "multipliers: expected 9 positive numbers, one for each resolution from 4 to 1024, but"
                + " got [1.0].");
    assertThatThrownBy(
            () -> new FastGanGenerator(1024, 256, 64, net.multipliers(), List.of(), true, false))
        .hasMessage(
            "tanh: expected true at size 1024, where the output always passes through tanh.");
    assertThatThrownBy(
            () -> new FastGanGenerator(64, 0, 64, net.multipliers(), List.of(), true, false))
        .hasMessage("latent: expected at least 1, but got 0.");
  }

  private static FastGanGenerator with(FastGanGenerator net, List<Skip> skips) {
    return new FastGanGenerator(
        net.size(), net.latent(), net.width(), net.multipliers(), skips, true, false);
  }

  @Test
  void rejectsOtherLatentSizes() {
    FastGanGenerator other = FastGanGenerator.of(32, SkipKind.NONE);
    assertThatThrownBy(() -> new BuiltGenerator(SMALL, Tower.serving(), other::build))
        .hasMessage("z: expected shape (N, 256), but got [-1, 16].");
  }
}
