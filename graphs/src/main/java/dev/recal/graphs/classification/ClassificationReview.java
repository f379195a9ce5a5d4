package dev.recal.graphs.classification;

import dev.recal.graphs.classification.metrics.ClassificationSummary;
import dev.recal.graphs.training.Review;
import java.util.Objects;
import java.util.OptionalDouble;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * An evaluation during training, which decides what the best checkpoint is.
 *
 * <p>Training that gives all classes the same part would be undone by a choice by accuracy: of
 * unbalanced images the checkpoint that always answers the most frequent class often has the
 * highest one.
 *
 * @param summary what was measured
 * @param balanced whether the score is the balanced accuracy, rather than top-1
 */
public record ClassificationReview(ClassificationSummary summary, boolean balanced)
    implements Review {

  /** The name of the accuracy among all images. */
  static final String TOP1 = "top1";

  /** The name of the mean of the classes' accuracies. */
  static final String BALANCED = "balancedAccuracy";

  /** Rejects a missing summary. */
  public ClassificationReview {
    Objects.requireNonNull(summary, "summary");
  }

  /** What the score of a recipe's runs is called. */
  static String scoreName(ClassificationRecipe recipe) {
    return recipe.balancesClasses() ? BALANCED : TOP1;
  }

  /** Returns the accuracy that decides, from 0 to 1; none without images. */
  @Override
  public OptionalDouble score() {
    double accuracy = balanced ? summary.confusion().balancedAccuracy() : summary.top1();
    return Double.isNaN(accuracy) ? OptionalDouble.empty() : OptionalDouble.of(accuracy);
  }

  /** Returns the score where it is not top-1, for the log of the run. */
  SortedMap<String, Double> reported() {
    SortedMap<String, Double> reported = new TreeMap<>();
    if (balanced) {
      score().ifPresent(accuracy -> reported.put(BALANCED, accuracy));
    }
    return reported;
  }

  @Override
  public SortedMap<String, Double> metrics() {
    SortedMap<String, Double> metrics = summary.metrics();
    metrics.put(BALANCED, summary.confusion().balancedAccuracy());
    return metrics;
  }
}
