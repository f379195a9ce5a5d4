package dev.recal.tools.bench;

import dev.recal.graphs.classification.ClassificationSettings;
import dev.recal.graphs.classification.StepBench;
import dev.recal.graphs.network.Network;
import dev.recal.graphs.training.Precision;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
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
   * @param warmUp the number of warm-up repeats @param repeats the number of measured repeats
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
      double[] train = medians(benches, StepBench::train, warmUp, repeats);
      double[] infer = medians(benches, StepBench::infer, warmUp, repeats);
      List<Result> results = new ArrayList<>();
      for (int i = 0; i < subjects.size(); i++) {
        results.add(new Result(subjects.get(i), train[i], infer[i]));
      }
      return results;
    } finally {
      benches.forEach(StepBench::close);
    }
  }

  private static double[] medians(
      List<StepBench> benches, ToDoubleFunction<StepBench> turn, int warmUp, int repeats) {
    double[][] seconds = new double[benches.size()][repeats];
    for (int round = -warmUp; round < repeats; round++) {
      for (int i = 0; i < benches.size(); i++) {
        double elapsed = turn.applyAsDouble(benches.get(i));
        if (round >= 0) {
          seconds[i][round] = elapsed;
        }
      }
    }
    return Arrays.stream(seconds).mapToDouble(Medians::of).toArray();
  }
}
