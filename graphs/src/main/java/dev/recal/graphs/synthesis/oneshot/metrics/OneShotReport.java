package dev.recal.graphs.synthesis.oneshot.metrics;

import com.google.gson.JsonObject;
import dev.recal.graphs.synthesis.metrics.FeatureDescription;
import dev.recal.graphs.synthesis.oneshot.PyramidMaps;
import dev.recal.ops.Arguments;
import dev.recal.ops.json.JsonRecords;
import java.util.Arrays;
import java.util.Collections;
import java.util.Locale;
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
    requireCount(samples);
  }

  static void requireCount(int samples) {
    Arguments.atLeast(2, "samples", samples);
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
    PyramidMaps real = new PyramidMaps(1, height, width, channels, image);
    OneShotMeasurement measurement = new OneShotMeasurement(source, real);
    if (samples.length == 0 || samples.length % image.length != 0) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "samples: expected images of the training image's %d values, but got %d values.",
              image.length,
              samples.length));
    }
    for (int from = 0; from < samples.length; from += image.length) {
      measurement.add(Arrays.copyOfRange(samples, from, from + image.length));
    }
    return measurement.report();
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
