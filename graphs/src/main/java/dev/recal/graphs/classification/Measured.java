package dev.recal.graphs.classification;

import dev.recal.graphs.classification.metrics.ClassificationSummary;
import dev.recal.graphs.objective.MetricRows;
import dev.recal.graphs.objective.OutputKind;
import dev.recal.graphs.training.Review;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What an evaluation measured.
 *
 * @param kind of the network's outputs
 * @param images their number
 * @param loss mean loss of an image
 * @param classes the metrics of classes that exclude each other; otherwise empty
 * @param rows from which the metrics of other kinds were computed; otherwise empty
 * @param further the other metrics by name, in their order
 * @param balanced whether the score of classes is the balanced accuracy, rather than top-1: where
 *     training gives all classes the same part, a choice by accuracy would undo it, since of
 *     unbalanced images the checkpoint that always answers the most frequent class often has the
 *     highest one
 */
record Measured(
    OutputKind kind,
    long images,
    double loss,
    Optional<ClassificationSummary> classes,
    Optional<MetricRows> rows,
    Map<String, Double> further,
    boolean balanced)
    implements Review {

  /** The name of the mean of the classes' accuracies. */
  static final String BALANCED = "balancedAccuracy";

  Measured {
    further = Collections.unmodifiableMap(new LinkedHashMap<>(further));
  }

  /** Returns the same with the score that decides about checkpoints of a recipe. */
  Measured judgedBy(ClassificationRecipe recipe) {
    return new Measured(kind, images, loss, classes, rows, further, recipe.balancesClasses());
  }

  /** Returns top-1, the balanced accuracy, the mean average precision, or R². */
  @Override
  public OptionalDouble score() {
    double score =
        classes
            .map(all -> balanced ? all.confusion().balancedAccuracy() : all.top1())
            .orElseGet(() -> further.getOrDefault(Objective.scoreName(kind), Double.NaN));
    return Double.isNaN(score) ? OptionalDouble.empty() : OptionalDouble.of(score);
  }

  /** Returns the further metrics, and the score where it is the balanced accuracy. */
  SortedMap<String, Double> reported() {
    SortedMap<String, Double> reported = new TreeMap<>(further);
    if (balanced) {
      score().ifPresent(accuracy -> reported.put(BALANCED, accuracy));
    }
    return reported;
  }

  @Override
  public SortedMap<String, Double> metrics() {
    SortedMap<String, Double> metrics = new TreeMap<>(further);
    metrics.put("loss", loss);
    classes.ifPresent(
        summary -> {
          metrics.putAll(summary.metrics());
          metrics.put(BALANCED, summary.confusion().balancedAccuracy());
        });
    return metrics;
  }
}
