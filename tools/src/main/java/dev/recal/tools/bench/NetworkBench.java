package dev.recal.tools.bench;

import dev.recal.graphs.classification.ClassificationSettings;
import dev.recal.graphs.classification.StepBench;
import dev.recal.graphs.network.Network;
import dev.recal.graphs.training.Precision;
import java.util.ArrayList;
import java.util.List;
import java.util.function.DoubleSupplier;
import java.util.function.ToDoubleFunction;

/**
 * Benchmarks whole networks in steps per second. All are built first and measured in alternation,
 * so that drifts of the machine's speed affect them equally; results are medians.
 */
public final class NetworkBench {

  /**
   * A network to measure.
   *
   * @param name for the table
   * @param network its settings
   * @param precision the number format
   */
  public record Subject(String name, Network network, Precision precision) {}

  /**
   * A result.
   *
   * @param subject the network
   * @param trainSeconds median seconds of a training step
   * @param inferSeconds median seconds of a batch in inference
   */
  public record Result(Subject subject, double trainSeconds, double inferSeconds) {}

  private NetworkBench() {}

  /**
   * Measures.
   *
   * @param batch images in a step
   * @param size rows and columns of an image
   * @param warmUp the number of warm-up rounds
   * @param repeats the number of measured rounds, of several steps in a row
   */
  public static List<Result> run(
      List<Subject> subjects, int batch, int size, int warmUp, int repeats) {
    List<StepBench> benches = new ArrayList<>();
    try {
      for (Subject subject : subjects) {
        ClassificationSettings settings =
            ClassificationSettings.defaults().with(batch, subject.precision());
        benches.add(new StepBench(subject.network(), settings, size, size));
      }
      List<Double> train = medians(benches, StepBench::train, warmUp, repeats);
      List<Double> infer = medians(benches, StepBench::infer, warmUp, repeats);
      List<Result> results = new ArrayList<>();
      for (int i = 0; i < subjects.size(); i++) {
        results.add(new Result(subjects.get(i), train.get(i), infer.get(i)));
      }
      return results;
    } finally {
      benches.forEach(StepBench::close);
    }
  }

  private static List<Double> medians(
      List<StepBench> benches, ToDoubleFunction<StepBench> call, int warmUp, int repeats) {
    return new Alternation(warmUp, repeats, Alternation.LONG_TURN)
        .medians(
            benches.stream()
                .<DoubleSupplier>map(bench -> () -> call.applyAsDouble(bench))
                .toList());
  }
}
