package dev.recal.models.faces;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import java.util.Arrays;
import java.util.List;

/**
 * What {@link VerificationProtocol} measured.
 *
 * @param folds in the order of the pairs
 * @param rates in the order of the protocol's targets
 * @param roc of all pairs
 */
public record VerificationResult(List<Fold> folds, List<Rate> rates, RocCurve roc) {

  /**
   * A fold.
   *
   * @param pairs in it
   * @param threshold of the squared distance, which was best on the other folds
   * @param accuracy of the fold's pairs, 0–1
   */
  public record Fold(int pairs, double threshold, double accuracy) {}

  /**
   * The true accept rate at a false accept rate.
   *
   * @param far the target, which sets the thresholds on the other folds
   * @param tar the mean true accept rate of the folds, 0–1
   * @param deviation its standard deviation over folds, of a population
   * @param achieved the mean false accept rate of the folds at these thresholds
   */
  public record Rate(double far, double tar, double deviation, double achieved) {}

  /** Copies the lists. */
  public VerificationResult {
    folds = List.copyOf(folds);
    rates = List.copyOf(rates);
  }

  /** Returns the number of pairs. */
  public int pairs() {
    return folds.stream().mapToInt(Fold::pairs).sum();
  }

  /** Returns the mean accuracy of the folds, 0–1. */
  public double accuracy() {
    return mean(accuracies());
  }

  /** Returns the standard deviation of the accuracy over folds, of a population. */
  public double deviation() {
    return deviation(accuracies());
  }

  /** Returns the mean of the folds' thresholds. */
  public double threshold() {
    return mean(folds.stream().mapToDouble(Fold::threshold).toArray());
  }

  private double[] accuracies() {
    return folds.stream().mapToDouble(Fold::accuracy).toArray();
  }

  /** Returns all numbers but the curve. */
  public JsonObject toJson() {
    JsonObject json = new JsonObject();
    json.addProperty("pairs", pairs());
    json.addProperty("accuracy", accuracy());
    json.addProperty("accuracyDeviation", deviation());
    json.addProperty("threshold", threshold());
    json.addProperty("areaUnderRoc", roc.area());
    json.addProperty("equalErrorRate", roc.equalErrorRate());
    JsonArray targets = new JsonArray();
    for (Rate rate : rates) {
      JsonObject entry = new JsonObject();
      entry.addProperty("far", rate.far());
      entry.addProperty("tar", rate.tar());
      entry.addProperty("tarDeviation", rate.deviation());
      entry.addProperty("achievedFar", rate.achieved());
      targets.add(entry);
    }
    json.add("tarAtFar", targets);
    JsonArray each = new JsonArray();
    for (Fold fold : folds) {
      JsonObject entry = new JsonObject();
      entry.addProperty("pairs", fold.pairs());
      entry.addProperty("threshold", fold.threshold());
      entry.addProperty("accuracy", fold.accuracy());
      each.add(entry);
    }
    json.add("folds", each);
    return json;
  }

  static double mean(double[] values) {
    return Arrays.stream(values).average().orElseThrow();
  }

  static double deviation(double[] values) {
    double mean = mean(values);
    return Math.sqrt(
        Arrays.stream(values).map(value -> (value - mean) * (value - mean)).sum() / values.length);
  }
}
