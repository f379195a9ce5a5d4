package dev.recal.graphs.classification;

import static org.assertj.core.api.Assertions.assertThat;

import dev.recal.graphs.network.AndOrNet;
import dev.recal.graphs.network.ArcFace;
import dev.recal.graphs.network.AttentivePlaces;
import dev.recal.graphs.network.DenseNet;
import dev.recal.graphs.network.Fusion;
import dev.recal.graphs.network.InvertedStage;
import dev.recal.graphs.network.MobileFaceNet;
import dev.recal.graphs.network.MobileNetV1;
import dev.recal.graphs.network.MobileNetV2;
import dev.recal.graphs.network.Network;
import dev.recal.graphs.network.NetworkFamily;
import dev.recal.graphs.network.Networks;
import dev.recal.graphs.network.NormPlace;
import dev.recal.graphs.network.RecalibrationPlace;
import dev.recal.graphs.network.ResNet;
import dev.recal.graphs.network.SettingsBuilder;
import dev.recal.graphs.network.ShuffleNetV2;
import dev.recal.ops.recalibration.SqueezeExcitation;
import dev.recal.ops.recalibration.StyleRecalibration;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Training with norms and gates as one operation against training with the naive form. */
class FusionTest {

  private static final String SETTINGS =
      "{'epochs': 1, 'precision': '%s', 'seed': %d, 'optimiser': {'type': 'sgd'},"
          + " 'learningRate': {'base': %s}, 'checkpoints': {'everyMinutes': 9}}";

  @TempDir Path directory;

  @ParameterizedTest
  @CsvSource({"srm, BASIC", "se, BOTTLENECK", "an, BOTTLENECK"})
  void trainsLikeTheNaiveForm(String word, ResNet.Block block) throws IOException {
    ResNet network = network(word, block);
    try (Bench bench = new Bench()) {
      float[] fused = trained(bench, "fused", network, "float32", 1);
      float[] naive = trained(bench, "naive", naive(network), "float32", 1);
      // The rounding of float32, accumulated over five steps: up to 1.5e-4, by the CPU's vectors.
      assertThat(distance(fused, naive)).isLessThan(5e-4);
    }
  }

  /** The other families, where a gate or an attentive norm follows a norm. */
  static Stream<NetworkFamily<?>> families() {
    SqueezeExcitation se = new SqueezeExcitation(4);
    StyleRecalibration srm = StyleRecalibration.defaults();
    List<InvertedStage> stages =
        List.of(new InvertedStage(1, 8, 2, 1), new InvertedStage(2, 16, 2, 2));
    DenseNet.Builder dense =
        DenseNet.defaults().with().repeats(List.of(2, 2)).growth(8, 2).channels(16);
    MobileNetV1.Builder first = MobileNetV1.defaults().with().repeats(List.of(2, 1)).channels(8);
    MobileNetV2.Builder second =
        MobileNetV2.defaults().with().stages(stages).channels(8, 16).dropout(0);
    ShuffleNetV2.Builder shuffled =
        ShuffleNetV2.defaults().with().stages(List.of(16, 32), List.of(2, 1)).channels(8, 16);
    AttentivePlaces twice = AttentivePlaces.at(NormPlace.BN2).components(List.of(2, 3));
    return Stream.of(
        fused(dense.attentive(twice)),
        fused(first.recalibration(se)),
        fused(second.recalibration(srm)),
        fused(second.withoutRecalibration().attentive(twice)),
        fused(shuffled.recalibration(se).place(RecalibrationPlace.SPATIAL)));
  }

  static Stream<NetworkFamily<?>> largerFamilies() {
    List<InvertedStage> stages =
        List.of(new InvertedStage(1, 8, 2, 1), new InvertedStage(2, 16, 2, 2));
    MobileFaceNet.Builder faces =
        MobileFaceNet.defaults().with().stages(stages).channels(8, 16).embedding(8);
    AndOrNet.Builder andOr = AndOrNet.cifar().with().stages(List.of(16), List.of(1));
    return Stream.of(
        fused(andOr.recalibration(new SqueezeExcitation(4))),
        fused(faces.head(new ArcFace(0.1f, 4)).recalibration(StyleRecalibration.defaults())));
  }

  private static <N extends NetworkFamily<N>> N fused(SettingsBuilder<N, ?> builder) {
    return builder.cifar().fusion(Fusion.FUSED).build();
  }

  @ParameterizedTest
  @MethodSource("families")
  void everyFamilyTrainsLikeItsNaiveForm(NetworkFamily<?> network) throws IOException {
    try (Bench bench = new Bench()) {
      float[] fused = trained(bench, "fused", network, "float32", 1);
      float[] naive = trained(bench, "naive", naive(network), "float32", 1);
      assertThat(distance(fused, naive)).isPositive().isLessThan(5e-4);
    }
  }

  @ParameterizedTest
  @Tag("slow")
  @MethodSource("largerFamilies")
  void everyLargerFamilyTrainsLikeItsNaiveForm(NetworkFamily<?> network) throws IOException {
    everyFamilyTrainsLikeItsNaiveForm(network);
  }

  // A single seed varies: over six seeds the error of the fused form was 0.65 to 1.56
  // times the naive form's. Where a CPU has no bfloat16 all of them are equal.
  @Test
  @Tag("slow")
  void bfloat16ErrorOfSeveralSeedsIsNoLargerThanNaiveForm() throws IOException {
    requireDistanceOfBfloat16("srm");
    requireDistanceOfBfloat16("se");
  }

  private void requireDistanceOfBfloat16(String word) throws IOException {
    ResNet network = network(word, ResNet.Block.BASIC);
    double naive = 0;
    double fused = 0;
    try (Bench bench = new Bench()) {
      for (int seed = 1; seed <= 3; seed++) {
        float[] exact = trained(bench, word + "-exact" + seed, naive(network), "float32", seed);
        float[] other = trained(bench, word + "-naive" + seed, naive(network), "bfloat16", seed);
        naive += distance(other, exact);
        fused += distance(trained(bench, word + "-fused" + seed, network, "bfloat16", seed), exact);
      }
    }
    assertThat(fused).isLessThan(1.25 * naive + 1e-3);
  }

  private static ResNet network(String word, ResNet.Block block) {
    ResNet recalibrated = (ResNet) Networks.named(word + "-resnet20-cifar");
    return recalibrated.with().block(block, List.of(1, 1, 1)).fusion(Fusion.FUSED).build();
  }

  private static Network naive(NetworkFamily<?> network) {
    return network.with().fusion(Fusion.NAIVE).build();
  }

  private float[] trained(Bench bench, String name, Network network, String precision, int seed)
      throws IOException {
    Path run = directory.resolve(name);
    // ArcFace's kernel starts a hundred times smaller than its gradient, which enlarges rounding.
    double rate = network instanceof MobileFaceNet ? 0.005 : 0.02;
    bench.run(run, network, Bench.settings(SETTINGS.formatted(precision, seed, rate)));
    return Bench.numbers(Bench.checkpoint(run, Bench.STEPS_PER_EPOCH));
  }

  private static double distance(float[] actual, float[] expected) {
    assertThat(actual).hasSameSizeAs(expected);
    double difference = 0;
    double size = 0;
    for (int i = 0; i < actual.length; i++) {
      difference += Math.pow(actual[i] - expected[i], 2);
      size += Math.pow(expected[i], 2);
    }
    return Math.sqrt(difference / size);
  }
}
