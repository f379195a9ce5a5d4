package dev.recal.graphs.classification;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.recal.graphs.optimisation.Transfer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The effect of freezing and rates on the variables of a step. */
class TransferTest {

  private static final String PLAIN_SGD =
      "'optimiser': {'type': 'sgd', 'momentum': 0, 'nesterov': false}, 'weightDecay': {'rate': 0},"
          + " 'learningRate': {'base': 0.5, 'schedule': 'constant'}, 'checkpoints': {'keep': 100}";

  private static Bench bench;

  @TempDir Path directory;

  @BeforeAll
  static void open() {
    bench = new Bench();
  }

  @AfterAll
  static void close() {
    bench.close();
  }

  private Map<String, float[]> change(String name, String transfer, int steps) throws IOException {
    Path run = directory.resolve(name);
    ClassificationSettings settings =
        Bench.settings("{'steps': " + steps + transfer + ", " + PLAIN_SGD + "}");
    bench.run(run, TinyNetwork.PLAIN, settings);
    Map<String, float[]> before = Weights.read(Bench.checkpoint(run, 0), TinyNetwork.PLAIN, "");
    Map<String, float[]> after = Weights.read(Bench.checkpoint(run, steps), TinyNetwork.PLAIN, "");
    after.forEach(
        (variable, values) -> {
          for (int i = 0; i < values.length; i++) {
            values[i] -= before.get(variable)[i];
          }
        });
    return after;
  }

  private static double size(float[] values) {
    double sum = 0;
    for (float value : values) {
      sum += Math.abs(value);
    }
    return sum;
  }

  @Test
  void frozenScopesKeepWeightsAndStatistics() throws IOException {
    Map<String, float[]> change =
        change("frozen", ", 'transfer': {'frozen': ['conv', 'norm']}, 'average': 0.5", 3);
    assertThat(change.keySet()).contains("norm/moving_mean", "norm/gamma", "conv/kernel");
    change.forEach(
        (name, values) -> {
          if (name.startsWith("conv/") || name.startsWith("norm/")) {
            assertThat(size(values)).as(name).isZero();
          } else {
            assertThat(size(values)).as(name).isPositive();
          }
        });
    Map<String, float[]> averages =
        Weights.read(
            Bench.checkpoint(directory.resolve("frozen"), 3), TinyNetwork.PLAIN, "average/");
    assertThat(averages.get("norm/moving_mean")).containsOnly(0f);
    assertThat(averages.get("norm/moving_variance")).containsOnly(1f);
  }

  @Test
  void ratesScaleTheStepOfTheirScope() throws IOException {
    Map<String, float[]> plain = change("plain", "", 1);
    Map<String, float[]> scaled =
        change(
            "scaled",
            ", 'transfer': {'rates': [{'scope': 'conv', 'factor': 0.25},"
                + " {'scope': 'conv/bias', 'factor': 2}]}",
            1);
    plain.forEach(
        (name, values) -> {
          double factor = name.equals("conv/bias") ? 2 : name.startsWith("conv/") ? 0.25 : 1;
          for (int i = 0; i < values.length; i++) {
            assertThat((double) scaled.get(name)[i])
                .as(name)
                .isCloseTo(values[i] * factor, within(1e-6));
          }
        });
  }

  @Test
  void rejectsInvalidInput() {
    assertRefused("'transfer': {'frozen': ['stage9']}", "no scope 'stage9'", "conv");
    assertRefused(
        "'transfer': {'frozen': ['conv', 'norm', 'head']}", "no trainable variable is left");
    assertThatThrownBy(() -> new Transfer.Rate("head", 0)).hasMessageContaining("factor");
    assertThatThrownBy(() -> new Transfer.Rate("", 1)).hasMessageContaining("scope");
    Transfer.Rate rate = new Transfer.Rate("head", 3);
    assertThatThrownBy(() -> new Transfer(List.of(), List.of(rate, rate)))
        .hasMessageContaining("'head' is given twice");
  }

  private void assertRefused(String transfer, String... words) {
    ClassificationSettings settings = Bench.settings("{'steps': 1, " + transfer + "}");
    assertThatThrownBy(() -> bench.run(directory.resolve("no"), TinyNetwork.PLAIN, settings))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContainingAll(words);
  }
}
