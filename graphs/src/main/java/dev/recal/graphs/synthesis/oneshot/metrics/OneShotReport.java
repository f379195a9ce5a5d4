package dev.recal.graphs.synthesis.oneshot.metrics;

import com.google.gson.JsonObject;
import dev.recal.graphs.synthesis.metrics.FeatureDescription;
import dev.recal.graphs.synthesis.metrics.ImageBatch;
import dev.recal.ops.json.JsonRecords;
import java.util.Arrays;
import java.util.Collections;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The metrics of samples of one training image, with their basis.
 *
 * @param features the feature network, and how images were resized for it
 * @param samples number of generated images
 * @param distance mean over the samples, see {@link SingleImageFrechet}
 * @param distanceDeviation standard deviation over the samples
 * @param diversity see {@link PixelDiversity}
 */
public record OneShotReport(
    FeatureDescription features,
    int samples,
    double distance,
    double distanceDeviation,
    double diversity) {

  private static final JsonRecords JSON = JsonRecords.sealed();

  /** Rejects a missing description, and fewer than two samples. */
  public OneShotReport {
    Objects.requireNonNull(features, "features");
    if (samples < 2) {
      throw new IllegalArgumentException("samples: expected at least 2, but got " + samples + ".");
    }
  }

  /**
   * Measures samples. For the feature network, images are rounded to 8 bits, as in image files.
   *
   * @param source not closed by this method
   * @param image the training image in 0–1, height×width×channels
   * @param samples in 0–1, N×height×width×channels, at least two
   * @param channels 1 or 3; a grey image gets three equal channels for the feature network
   * @throws IllegalArgumentException if there are too few samples, images of other sizes, or values
   *     that are not finite
   */
  public static OneShotReport measure(
      FeatureMapSource source,
      float[] image,
      float[] samples,
      int height,
      int width,
      int channels) {
    ImageBatch real = ImageBatch.ofFloats(1, height, width, channels, image);
    PixelDiversity diversity = new PixelDiversity(image, channels);
    diversity.add(samples);
    double diversityValue = diversity.value();
    SingleImageFrechet frechet = new SingleImageFrechet(source, real);
    Double[] distances = new Double[diversity.count()];
    for (int i = 0; i < distances.length; i++) {
      float[] sample = Arrays.copyOfRange(samples, i * image.length, (i + 1) * image.length);
      distances[i] = frechet.distance(ImageBatch.ofFloats(1, height, width, channels, sample));
    }
    SingleImageFrechet.Score score = SingleImageFrechet.Score.of(Arrays.asList(distances));
    return new OneShotReport(
        source.description(),
        distances.length,
        score.mean(),
        score.standardDeviation(),
        diversityValue);
  }

  /**
   * Returns the metrics by short names, for curves and TensorBoard: {@code sifid} and {@code
   * sifid_deviation}, or {@code stand_in_single_image_distance} and {@code
   * stand_in_single_image_deviation} if the features are those of the embedded stand-in; {@code
   * diversity}.
   */
  public SortedMap<String, Double> values() {
    SortedMap<String, Double> values = new TreeMap<>();
    boolean standIn = features.standIn();
    values.put(standIn ? "stand_in_single_image_distance" : "sifid", distance);
    values.put(standIn ? "stand_in_single_image_deviation" : "sifid_deviation", distanceDeviation);
    values.put("diversity", diversity);
    return Collections.unmodifiableSortedMap(values);
  }

  /** Returns a JSON object: the basis of the metrics, and the metrics. */
  public JsonObject toJson() {
    JsonObject json = new JsonObject();
    json.add("features", JSON.write(features));
    json.addProperty("samples", samples);
    json.addProperty("distanceName", features.singleImageName());
    json.addProperty("distance", distance);
    json.addProperty("distanceDeviation", distanceDeviation);
    json.addProperty("diversity", diversity);
    return json;
  }
}
