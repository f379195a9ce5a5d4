package dev.recal.graphs.synthesis.metrics;

import com.google.gson.JsonObject;
import dev.recal.ops.json.JsonRecords;
import java.util.Collections;
import java.util.Objects;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * All metrics of generated images, with their basis: metrics of other features, another resizing or
 * another number of images are not comparable.
 *
 * @param features the feature network, and how images were resized for it
 * @param reals the real images
 * @param samples the generated images
 * @param seed the random seed
 * @param frechetDistance see {@link FrechetDistance}
 * @param kernelDistance see {@link KernelDistance}
 * @param neighbours k of precision and recall
 * @param precisionRecall see {@link PrecisionRecall}
 * @param distance the name of the distance behind the diversities, if any
 * @param nearest the samples' nearest real images
 */
public record SynthesisReport(
    FeatureDescription features,
    Side reals,
    Side samples,
    long seed,
    double frechetDistance,
    KernelEstimate kernelDistance,
    int neighbours,
    PrecisionRecall.Score precisionRecall,
    Optional<String> distance,
    NearestNeighbours.Result nearest) {

  private static final JsonRecords JSON = JsonRecords.sealed();

  /**
   * The images of one side.
   *
   * @param images their source, and how they were resized @param count the number of images
   * @param size height and width
   * @param diversity mean distance of pairs, if measured
   */
  public record Side(
      String images, int count, String size, Optional<PairwiseDiversity.Score> diversity) {

    static Side of(MeasuredImages measured) {
      return new Side(
          measured.description(), measured.count(), measured.size(), measured.diversity());
    }
  }

  /** Rejects missing parts. */
  public SynthesisReport {
    Objects.requireNonNull(features, "features");
    Objects.requireNonNull(reals, "reals");
    Objects.requireNonNull(samples, "samples");
    Objects.requireNonNull(kernelDistance, "kernelDistance");
    Objects.requireNonNull(precisionRecall, "precisionRecall");
    Objects.requireNonNull(distance, "distance");
    Objects.requireNonNull(nearest, "nearest");
  }

  /**
   * Returns the metrics by short names, for curves and TensorBoard: {@code fid} and {@code kid}, or
   * {@code standin_frechet} and {@code standin_kernel} if the features are those of the embedded
   * stand-in; {@code precision}, {@code recall}, {@code diversity}, {@code near_share}.
   */
  public SortedMap<String, Double> values() {
    SortedMap<String, Double> values = new TreeMap<>();
    values.put(features.standIn() ? "standin_frechet" : "fid", frechetDistance);
    values.put(features.standIn() ? "standin_kernel" : "kid", kernelDistance.mean());
    values.put("precision", precisionRecall.precision());
    values.put("recall", precisionRecall.recall());
    values.put("near_share", nearest.features().summary().nearShare());
    samples.diversity().ifPresent(score -> values.put("diversity", score.mean()));
    return Collections.unmodifiableSortedMap(values);
  }

  /**
   * Returns a JSON object: the basis of the metrics ({@code features}, {@code reals}, {@code
   * samples}, {@code seed}) and the metrics, without the neighbours of single samples.
   */
  public JsonObject toJson() {
    JsonObject json = new JsonObject();
    json.add("features", JSON.write(features));
    json.add("reals", JSON.write(reals));
    json.add("samples", JSON.write(samples));
    json.addProperty("seed", seed);
    json.addProperty("frechetName", features.frechetName());
    json.addProperty("frechetDistance", frechetDistance);
    json.addProperty("kernelName", features.kernelName());
    json.add("kernelDistance", JSON.write(kernelDistance));
    json.addProperty("neighbours", neighbours);
    json.addProperty("precision", precisionRecall.precision());
    json.addProperty("recall", precisionRecall.recall());
    distance.ifPresent(name -> json.addProperty("diversityDistance", name));
    JsonObject near = new JsonObject();
    near.add("features", JSON.write(nearest.features().summary()));
    near.add("pixels", JSON.write(nearest.pixels().summary()));
    json.add("nearest", near);
    return json;
  }
}
