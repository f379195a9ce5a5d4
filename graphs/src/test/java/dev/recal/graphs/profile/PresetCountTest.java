package dev.recal.graphs.profile;

import static org.assertj.core.api.Assertions.assertThat;

import dev.recal.graphs.network.Networks;
import java.util.List;
import java.util.function.BiFunction;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The parameters that each module adds to a ResNet-20 for CIFAR, by its formula. */
class PresetCountTest {

  private static final List<Long> CHANNELS = List.of(16L, 32L, 64L);
  private static final List<Long> PIXELS = List.of(32L * 32, 16L * 16, 8L * 8);
  private static final int BLOCKS = 3;

  private static Profile plain;

  /** The parameters and multiply-adds of one block. */
  private record Count(long parameters, long macs) {

    Count inPlaceOfConvolution(long channels, long pixels) {
      long kernel = 9 * channels * channels;
      return new Count(parameters - kernel, macs - kernel * pixels);
    }
  }

  /** A preset's prefix, and the cost of a block by its channels and pixels. */
  private record AddedCost(String word, BiFunction<Long, Long, Count> count) {

    @Override
    public String toString() {
      return word;
    }
  }

  @BeforeAll
  static void countPlain() {
    plain = profile("resnet20-cifar");
  }

  static Stream<AddedCost> modules() {
    return Stream.of(
        new AddedCost("se", (c, p) -> new Count(2 * c * hidden(c), 2 * c * hidden(c))),
        new AddedCost("srm", (c, p) -> new Count(4 * c, 0)),
        new AddedCost("ge", (c, p) -> new Count(p * c + 3 * c, p * c)),
        new AddedCost("ge-minus", (c, p) -> new Count(0, 0)),
        new AddedCost(
            "ge-plus",
            (c, p) ->
                new Count(
                    p * c + 3 * c + 2 * c * hidden(c) + hidden(c) + c, p * c + 2 * c * hidden(c))),
        new AddedCost("eca", (c, p) -> new Count(3, 3 * c)),
        new AddedCost(
            "cbam",
            (c, p) ->
                new Count(
                    2 * c * hidden(c) + hidden(c) + c + 2 * 49 + 2,
                    4 * c * hidden(c) + 2 * 49 * p)),
        new AddedCost("an", PresetCountTest::attentive),
        new AddedCost("an-bn2", PresetCountTest::attentive),
        new AddedCost("slim", PresetCountTest::queryKey),
        new AddedCost("slim-mask", PresetCountTest::styleMask),
        new AddedCost(
            "drconv",
            (c, p) ->
                // squeeze C→m², expand m²→m·C·C in m groups, guide 3×3 C→m
                new Count(
                        64 * c + 64 + (64 + 8) * c * c + 8 * 9 * c + 8,
                        9 * c * c * p + 8 * 9 * c * p + 9 * (64 * c + 64 * c * c))
                    .inPlaceOfConvolution(c, p)),
        new AddedCost(
            "drconv-experts",
            (c, p) ->
                new Count(
                        8 * 9 * c * c + 64 * c + 64 + 8 * c,
                        9 * c * c * p + 8 * c * p + 64 * (c + 9 * c * c))
                    .inPlaceOfConvolution(c, p)),
        new AddedCost(
            "condconv",
            (c, p) ->
                new Count(8 * 9 * c * c + 8 * c + 8, 9 * c * c * p + 8 * (c + 9 * c * c))
                    .inPlaceOfConvolution(c, p)));
  }

  private static long hidden(long channels) {
    return Math.max(1, channels / 16);
  }

  private static Count attentive(long channels, long pixels) {
    long components = channels == 64 ? 20 : 10;
    // The attention's product, and the mixtures of γ and of β.
    return new Count(
        3 * channels * components + 2 * components - 2 * channels, 3 * channels * components);
  }

  private static Count queryKey(long channels, long pixels) {
    long c = channels / 4;
    long h = Math.max(4, c / 4);
    long query = 9 * c * h + 2 * h + 9 * h * c + c;
    long key = c * h + 2 * h + h * c + c;
    long value = 9 * c * c + c;
    return new Count(4 * (query + key + value), 4 * (pixels * (18 * c * h + 9 * c * c) + 2 * c * h))
        .inPlaceOfConvolution(channels, pixels);
  }

  private static Count styleMask(long channels, long pixels) {
    long c = channels / 4;
    long h = Math.max(1, c / 16);
    long style = c * h + 3 * h + h * channels + channels;
    long mask = c * h + 3 * h + 2 * (9 * h * h + 3 * h) + h + 1;
    long value = 9 * c * channels;
    return new Count(
            value + 4 * (style + mask),
            pixels * value + 4 * (c * h + h * channels + pixels * (c * h + 18 * h * h + h)))
        .inPlaceOfConvolution(channels, pixels);
  }

  @ParameterizedTest
  @MethodSource("modules")
  void addsParametersByItsFormula(AddedCost module) {
    Profile profile = profile(module.word() + "-resnet20-cifar");
    long parameters = plain.parameters();
    long macs = plain.macs();
    for (int stage = 0; stage < CHANNELS.size(); stage++) {
      Count block = module.count().apply(CHANNELS.get(stage), PIXELS.get(stage));
      parameters += BLOCKS * block.parameters();
      macs += BLOCKS * block.macs();
    }
    assertThat(profile.parameters()).as("parameters").isEqualTo(parameters);
    assertThat(profile.macs()).as("multiply-adds").isEqualTo(macs);
  }

  @Test
  void normsEverywhereAreCountedEverywhere() {
    // 9 blocks with two norms, the stem's, and those of two shortcuts.
    assertThat(profile("sn-resnet20-cifar").parameters())
        .isEqualTo(plain.parameters() + 6 * (2 * 9 + 1 + 2));
    long inBlocks = 0;
    for (long channels : CHANNELS) {
      inBlocks += 2 * BLOCKS * attentive(channels, 0).parameters();
    }
    long others = 0;
    for (long channels : CHANNELS) {
      others += attentive(channels, 0).parameters();
    }
    assertThat(profile("an-all-resnet20-cifar").parameters())
        .isEqualTo(plain.parameters() + inBlocks + others);
  }

  @Test
  void layerRateIsShownAtItsScope() {
    Profile profile = profile("drconv-experts-resnet20-cifar");
    long macs =
        profile.layers().stream()
            .filter(layer -> layer.name().equals("stage3/block2/conv2"))
            .mapToLong(Profile.Layer::macs)
            .sum();
    assertThat(macs).isEqualTo(9L * 64 * 64 * 64 + 64 * (64 + 9 * 64 * 64));
    assertThat(profile.toText()).contains("stage3/block2/conv2/routing");
  }

  private static Profile profile(String name) {
    Networks.Preset preset = Networks.preset(name);
    return Profiler.of(preset.network(), preset.imageSize(), preset.imageSize());
  }
}
