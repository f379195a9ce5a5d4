package dev.recal.graphs.classification;

import dev.recal.graphs.objective.CrossEntropy;
import dev.recal.graphs.objective.Loss;
import dev.recal.graphs.objective.Metric;
import dev.recal.graphs.objective.NumberErrors;
import dev.recal.graphs.objective.OutputKind;
import dev.recal.graphs.objective.Outputs;
import dev.recal.graphs.objective.SeveralClassesScores;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What a network is trained for, and measured by.
 *
 * @param loss what training minimises
 * @param metrics besides those of the kind of the outputs
 * @param outputs what they mean, which is what the loss compares
 */
record Objective(Loss loss, List<Metric> metrics, Outputs outputs) {

  Objective {
    metrics = List.copyOf(metrics);
  }

  /** The cross entropy of one class. */
  static Objective classes() {
    return new Objective(CrossEntropy.defaults(), List.of(), Outputs.oneClass());
  }

  /** A run's, whose numbers, if it has any, have scales. */
  static Objective of(ClassificationSettings settings) {
    return new Objective(settings.loss(), settings.metrics(), settings.outputs());
  }

  OutputKind kind() {
    return outputs.kind();
  }

  /**
   * The metrics of the kind of the outputs, from rows; classes that exclude each other have none.
   */
  Optional<Metric> ofKind() {
    return switch (kind()) {
      case ONE_CLASS -> Optional.empty();
      case SEVERAL_CLASSES -> Optional.of(new SeveralClassesScores());
      case NUMBERS -> Optional.of(new NumberErrors());
    };
  }

  /** All metrics from rows: those of the kind first. */
  List<Metric> all() {
    List<Metric> all = new ArrayList<>();
    ofKind().ifPresent(all::add);
    all.addAll(metrics);
    return all;
  }

  /** What a run's score is called. */
  static String scoreName(OutputKind kind) {
    return switch (kind) {
      case ONE_CLASS -> "top1";
      case SEVERAL_CLASSES -> "mAP";
      case NUMBERS -> "r2";
    };
  }
}
