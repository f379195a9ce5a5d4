package dev.recal.models.faces;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import java.util.List;

/**
 * What {@link IdentificationProtocol} measured.
 *
 * @param identities with two or more images
 * @param probes their images
 * @param pairs of a probe and a mate
 * @param distractors in the gallery
 * @param cumulative the share of pairs whose mate is among the first k of the gallery, from k = 1
 * @param rates in the order of the protocol's targets
 */
public record IdentificationResult(
    int identities,
    int probes,
    long pairs,
    long distractors,
    List<Double> cumulative,
    List<Rate> rates) {

  /**
   * The true accept rate at a false accept rate.
   *
   * @param far the target
   * @param tar the share of pairs of probe and mate that are accepted, 0–1
   * @param allowed the number of pairs of probe and distractor that the target allows to be
   *     accepted; with 0, there are too few pairs for the target
   */
  public record Rate(double far, double tar, long allowed) {}

  /** Copies the lists. */
  public IdentificationResult {
    cumulative = List.copyOf(cumulative);
    rates = List.copyOf(rates);
  }

  /** Returns the share of pairs whose mate is nearer than all distractors. */
  public double rankOne() {
    return cumulative.get(0);
  }

  /** Returns all numbers. */
  public JsonObject toJson() {
    JsonObject json = new JsonObject();
    json.addProperty("identities", identities);
    json.addProperty("probes", probes);
    json.addProperty("pairs", pairs);
    json.addProperty("distractors", distractors);
    json.addProperty("rankOne", rankOne());
    JsonArray match = new JsonArray();
    cumulative.forEach(match::add);
    json.add("cumulativeMatch", match);
    JsonArray targets = new JsonArray();
    for (Rate rate : rates) {
      JsonObject entry = new JsonObject();
      entry.addProperty("far", rate.far());
      entry.addProperty("tar", rate.tar());
      entry.addProperty("allowedFalseAccepts", rate.allowed());
      targets.add(entry);
    }
    json.add("tarAtFar", targets);
    return json;
  }
}
