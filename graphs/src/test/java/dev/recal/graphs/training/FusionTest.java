package dev.recal.graphs.training;

import static org.assertj.core.api.Assertions.assertThat;

import dev.recal.graphs.network.Networks;
import dev.recal.graphs.network.ResNet;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Training with norms and gates as one operation against training with the naive form. */
class FusionTest {

  private static final String SETTINGS =
      "{'epochs': 1, 'optimiser': {'type': 'sgd'}, 'learningRate': {'base': 0.02}}";

  @TempDir Path directory;

  @ParameterizedTest
  @CsvSource({"srm, BASIC", "se, BOTTLENECK", "an, BOTTLENECK"})
  void goesWhereTheNaiveFormGoes(String word, ResNet.Block block) throws IOException {
    ResNet recalibrated = (ResNet) Networks.named(word + "-resnet20-cifar");
    ResNet network = recalibrated.with().block(block, List.of(1, 1, 1)).build();
    try (Bench bench = new Bench()) {
      float[] fused = trained(bench, "fused", network);
      float[] naive = trained(bench, "naive", network.with().fusion(ResNet.Fusion.NAIVE).build());
      assertThat(fused).hasSameSizeAs(naive);
      // The rounding of single precision, grown in five steps.
      double difference = 0;
      double size = 0;
      for (int i = 0; i < fused.length; i++) {
        difference += Math.pow(fused[i] - naive[i], 2);
        size += Math.pow(naive[i], 2);
      }
      assertThat(Math.sqrt(difference / size)).isLessThan(1e-4);
    }
  }

  private float[] trained(Bench bench, String name, ResNet network) throws IOException {
    Path run = directory.resolve(name);
    bench.run(run, network, Bench.settings(SETTINGS));
    return Bench.numbers(Bench.checkpoint(run, Bench.STEPS_PER_EPOCH));
  }
}
