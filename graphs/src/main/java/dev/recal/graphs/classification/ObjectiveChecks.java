package dev.recal.graphs.classification;

import dev.recal.graphs.objective.Loss;
import dev.recal.graphs.objective.Metric;
import dev.recal.graphs.objective.NumberScales;
import dev.recal.graphs.objective.OutputKind;
import dev.recal.ops.Arguments;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** Rejects settings that do not fit the loss. */
final class ObjectiveChecks {

  private ObjectiveChecks() {}

  static void check(
      Loss loss,
      List<Metric> metrics,
      Optional<NumberScales> scales,
      double labelSmoothing,
      Optional<ClassWeights> classWeights) {
    OutputKind kind = loss.outputs();
    boolean numbers = kind == OutputKind.NUMBERS;
    Arguments.require(
        numbers || scales.isEmpty(), "scales", "none, since " + compares(loss), "scales");
    Arguments.require(
        !numbers || labelSmoothing == 0,
        "labelSmoothing",
        "0, since " + compares(loss),
        labelSmoothing);
    Arguments.require(
        kind == OutputKind.ONE_CLASS || classWeights.isEmpty(),
        "classWeights",
        "none, since " + compares(loss),
        "weights");
    Set<String> names = new TreeSet<>();
    for (Metric metric : metrics) {
      Arguments.require(
          metric.supports(kind),
          "metrics",
          "metrics that suit the loss, since " + compares(loss),
          name(metric));
      for (String name : metric.names()) {
        Arguments.require(
            name.matches("[\\w.-]+"),
            "metrics",
            "names of letters, digits, '_', '-' and '.'",
            "'" + name + "' of " + name(metric));
        Arguments.require(names.add(name), "metrics", "different names", "'" + name + "' twice");
      }
    }
  }

  private static String name(Metric metric) {
    return metric.getClass().getSimpleName();
  }

  private static String compares(Loss loss) {
    return loss.getClass().getSimpleName() + " compares " + loss.outputs().description();
  }
}
