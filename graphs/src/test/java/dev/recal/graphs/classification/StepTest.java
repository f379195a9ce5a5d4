package dev.recal.graphs.classification;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.recal.graphs.data.pipeline.InputPipeline;
import dev.recal.graphs.data.pipeline.Views;
import dev.recal.graphs.training.RecordingLog;
import dev.recal.graphs.training.TrainingOutcome;
import dev.recal.ops.BuildContext;
import dev.recal.ops.GraphScope;
import dev.recal.ops.Tower;
import dev.recal.ops.VariableStore;
import dev.recal.ops.conv.Conv2d;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.types.TFloat32;

/** The effect of a step on the variables, compared with plain Java. */
class StepTest {

  private static final TinyNetwork WITHOUT_NORM = new TinyNetwork(10, false, 0);
  private static final String PLAIN_SGD =
      "'optimiser': {'type': 'sgd', 'momentum': 0, 'nesterov': false}, 'weightDecay': {'rate': 0},"
          + " 'learningRate': {'base': 0.5, 'schedule': 'constant'},"
          + " 'checkpoints': {'everyMinutes': 1e-9, 'keep': 100}";

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

  @Test
  void clippingScalesAllGradientsByOneFactor() throws IOException {
    float[] gradient = gradient("plain", "");
    double norm = Math.sqrt(sumOfSquares(gradient));
    assertThat(norm).isGreaterThan(0.2);

    float[] clipped = gradient("clipped", "'clipNorm': 0.1, ");
    float[] unclipped = gradient("loose", "'clipNorm': " + (norm * 1.01) + ", ");

    assertThat(Math.sqrt(sumOfSquares(clipped))).isCloseTo(0.1, within(1e-6));
    float[] expected = new float[gradient.length];
    for (int i = 0; i < gradient.length; i++) {
      expected[i] = (float) (gradient[i] * 0.1 / norm);
    }
    assertThat(clipped).containsExactly(expected, Offset.offset(1e-6f));
    assertThat(unclipped).containsExactly(gradient, Offset.offset(1e-6f));
  }

  // Plain gradient descent moves every weight by rate · gradient.
  private float[] gradient(String name, String clip) throws IOException {
    Path run = directory.resolve(name);
    bench.run(run, WITHOUT_NORM, Bench.settings("{" + clip + "'steps': 1, " + PLAIN_SGD + "}"));
    float[] before = Bench.numbers(Bench.checkpoint(run, 0));
    float[] after = Bench.numbers(Bench.checkpoint(run, 1));
    float[] gradient = new float[before.length];
    for (int i = 0; i < before.length; i++) {
      gradient[i] = (before[i] - after[i]) / 0.5f;
    }
    return gradient;
  }

  private static double sumOfSquares(float[] values) {
    double sum = 0;
    for (float value : values) {
      sum += (double) value * value;
    }
    return sum;
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 4, 8})
  void accumulatedRunsAreOneBigBatch(int runs) throws IOException {
    String json = "{'steps': 7, 'clipNorm': 0.5, 'weightDecay': {'rate': 1e-3}%s}";
    RecordingLog bigLog = new RecordingLog();
    RecordingLog smallLog = new RecordingLog();
    bench.resume(
        directory.resolve("big"), WITHOUT_NORM, Bench.settings(json.formatted("")), bigLog);
    bench.resume(
        directory.resolve("small"),
        WITHOUT_NORM,
        Bench.settings(json.formatted(", 'accumulation': " + runs)),
        smallLog);

    Map<String, float[]> big =
        Weights.read(Bench.checkpoint(directory.resolve("big"), 7), WITHOUT_NORM, "");
    Map<String, float[]> small =
        Weights.read(Bench.checkpoint(directory.resolve("small"), 7), WITHOUT_NORM, "");
    big.forEach(
        (name, values) ->
            assertThat(small.get(name)).as(name).containsExactly(values, Offset.offset(1e-6f)));
    for (int i = 0; i < 7; i++) {
      assertThat(smallLog.steps.get(i).loss()).isCloseTo(bigLog.steps.get(i).loss(), within(1e-5));
      assertThat(smallLog.steps.get(i).accuracy()).isEqualTo(bigLog.steps.get(i).accuracy());
    }
  }

  @Test
  void averagesFollowTheWeights() throws IOException {
    bench.run(
        directory,
        TinyNetwork.PLAIN,
        Bench.settings("{'steps': 8, 'average': 0.4, " + PLAIN_SGD + "}"));

    Map<String, float[]> expected =
        new LinkedHashMap<>(Weights.read(Bench.checkpoint(directory, 0), TinyNetwork.PLAIN, ""));
    for (int step = 0; step <= 8; step++) {
      Path checkpoint = Bench.checkpoint(directory, step);
      Map<String, float[]> weights = Weights.read(checkpoint, TinyNetwork.PLAIN, "");
      Map<String, float[]> averages = Weights.read(checkpoint, TinyNetwork.PLAIN, "average/");
      double decay = step == 0 ? 1 : Math.min(0.4, (double) step / (step + 9));
      for (String name : weights.keySet()) {
        if (!name.contains("moving")) {
          expected.merge(name, weights.get(name), (a, v) -> blend(a, v, decay));
          assertThat(averages.get(name))
              .as("%s at step %d", name, step)
              .containsExactly(expected.get(name), Offset.offset(1e-6f));
        }
      }
    }
  }

  private static float[] blend(float[] average, float[] value, double decay) {
    float[] result = new float[value.length];
    for (int i = 0; i < value.length; i++) {
      result[i] = (float) (decay * average[i] + (1 - decay) * value[i]);
    }
    return result;
  }

  @Test
  void averagesGetTheMeanOfTheBatchStatistics() throws IOException {
    ClassificationSettings settings =
        Bench.settings("{'steps': 5, 'average': 0.4, 'averageBatches': 3, " + PLAIN_SGD + "}");
    bench.run(directory, TinyNetwork.PLAIN, settings);

    Map<String, float[]> averages =
        Weights.read(Bench.checkpoint(directory, 5), TinyNetwork.PLAIN, "average/");
    double[][] expected = statistics(settings, averages, 3);
    for (int channel = 0; channel < 8; channel++) {
      assertThat((double) averages.get("norm/moving_mean")[channel])
          .isCloseTo(expected[0][channel], within(1e-6));
      assertThat((double) averages.get("norm/moving_variance")[channel])
          .isCloseTo(expected[1][channel], within(1e-6));
    }
  }

  // The mean over batches of each batch's mean and unbiased variance behind the convolution.
  private double[][] statistics(
      ClassificationSettings settings, Map<String, float[]> weights, int batches)
      throws IOException {
    double[][] statistics = new double[2][8];
    try (Graph graph = new Graph();
        InputPipeline input =
            InputPipeline.build(
                GraphScope.ops(graph),
                bench.training,
                bench.recipe(TinyNetwork.PLAIN, settings).trainingInput())) {
      VariableStore store = new VariableStore(graph, 0);
      BuildContext context = BuildContext.of(store, Tower.inference());
      Operand<TFloat32> map =
          Conv2d.of(8, 3).stride(2).biased().build(context.at("conv"), input.images());
      try (Session session = new Session(graph)) {
        store.assign(
            session,
            Map.of(
                "conv/kernel", weights.get("conv/kernel"), "conv/bias", weights.get("conv/bias")));
        input.start(session, 0, 0);
        for (int batch = 0; batch < batches; batch++) {
          try (Result result = session.runner().fetch(map).run()) {
            float[] values = new float[(int) result.get(0).asRawTensor().data().size() / 4];
            result.get(0).asRawTensor().data().asFloats().read(values);
            add(values, statistics, batches);
          }
        }
      }
    }
    return statistics;
  }

  private static void add(float[] values, double[][] statistics, int batches) {
    int count = values.length / 8;
    for (int channel = 0; channel < 8; channel++) {
      double[] own = new double[count];
      for (int i = 0; i < count; i++) {
        own[i] = values[i * 8 + channel];
      }
      double mean = Arrays.stream(own).average().orElseThrow();
      double squares = Arrays.stream(own).map(x -> (x - mean) * (x - mean)).sum();
      statistics[0][channel] += mean / batches;
      statistics[1][channel] += squares / (count - 1) / batches;
    }
  }

  @Test
  void movingStatisticsUpdateOncePerRun() throws IOException {
    ClassificationSettings settings = Bench.settings("{'steps': 1, " + PLAIN_SGD + "}");
    bench.run(directory, TinyNetwork.PLAIN, settings);

    Map<String, float[]> before =
        Weights.read(Bench.checkpoint(directory, 0), TinyNetwork.PLAIN, "");
    double[][] first = statistics(settings, before, 1);
    Map<String, float[]> after =
        Weights.read(Bench.checkpoint(directory, 1), TinyNetwork.PLAIN, "");
    for (int channel = 0; channel < 8; channel++) {
      assertThat((double) after.get("norm/moving_mean")[channel])
          .isCloseTo(0.1 * first[0][channel], within(1e-6));
      assertThat((double) after.get("norm/moving_variance")[channel])
          .isCloseTo(0.9 + 0.1 * first[1][channel], within(1e-6));
    }
  }

  @Test
  void evaluationDoesNotTouchTraining() throws IOException {
    String json = "{'epochs': 3, 'mixup': 0.3, 'evaluateEvery': %d}";
    TinyNetwork network = new TinyNetwork(10, true, 0.2f);
    RecordingLog often = new RecordingLog();
    bench.resume(directory.resolve("often"), network, Bench.settings(json.formatted(1)), often);
    RecordingLog once = new RecordingLog();
    bench.resume(directory.resolve("once"), network, Bench.settings(json.formatted(9)), once);

    assertThat(often.evaluations).hasSize(3);
    assertThat(once.evaluations).hasSize(1);
    assertThat(Bench.variables(Bench.checkpoint(directory.resolve("often"), 15)))
        .isEqualTo(Bench.variables(Bench.checkpoint(directory.resolve("once"), 15)));
  }

  @Test
  void checkpointEvaluationAgreesWithTheTrainer() throws IOException {
    for (String average : new String[] {"", ", 'average': 0.5"}) {
      ClassificationSettings settings = Bench.settings("{'steps': 9" + average + "}");
      Path run = directory.resolve("run" + average.length());
      TrainingOutcome result = bench.run(run, TinyNetwork.PLAIN, settings);

      assertThat(
              CheckpointEvaluation.evaluate(
                  TinyNetwork.PLAIN,
                  settings,
                  bench.evaluation,
                  bench.recipe(TinyNetwork.PLAIN, settings).evaluationInput(),
                  Bench.checkpoint(run, 9)))
          .isEqualTo(result.last());
    }
  }

  @Test
  void viewsAreEvaluatedByTheirMeanProbability() throws IOException {
    ClassificationSettings settings = Bench.settings("{'steps': 9}");
    bench.run(directory, TinyNetwork.PLAIN, settings);
    ClassificationRecipe recipe = bench.recipe(TinyNetwork.PLAIN, settings);
    double[] losses = new double[2];
    for (int i = 0; i < 2; i++) {
      Views views = i == 0 ? Views.SINGLE : new Views(true, false);
      losses[i] =
          CheckpointEvaluation.measure(
                  TinyNetwork.PLAIN,
                  settings,
                  bench.evaluation,
                  recipe.evaluationInput(),
                  views,
                  8,
                  Bench.checkpoint(directory, 9))
              .summary()
              .loss();
    }
    // Views that were left out would have the same loss.
    assertThat(losses[1]).isNotCloseTo(losses[0], within(1e-5));
    assertThat(losses[1]).isLessThan(losses[0] + 0.5);
  }
}
