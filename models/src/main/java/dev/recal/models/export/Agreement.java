package dev.recal.models.export;

import com.google.gson.JsonObject;
import dev.recal.savedmodels.tensor.TensorValue;

/** Accumulates the agreement of two forms of a model on images. */
final class Agreement {

  private int images;
  private int same;
  private int known;
  private int plainRight;
  private int optimisedRight;
  private double largest;
  private double sum;
  private long values;
  private double maxLogit;

  /**
   * Adds a call.
   *
   * @param plain logits (N, classes)
   * @param optimised the other form's
   * @param classes of the images; empty if unknown
   */
  void add(TensorValue plain, TensorValue optimised, int[] classes) {
    int width = Math.toIntExact(plain.shape().get(1));
    float[] a = plain.floats();
    float[] b = optimised.floats();
    for (int i = 0; i < a.length; i++) {
      double difference = Math.abs((double) a[i] - b[i]);
      // NaN is not agreement.
      largest = difference <= largest ? largest : difference;
      maxLogit = Math.max(maxLogit, Math.abs(a[i]));
      sum += difference;
    }
    values += a.length;
    for (int row = 0; row < plain.rows(); row++) {
      int first = best(a, row * width, width);
      int second = best(b, row * width, width);
      images++;
      same += first == second ? 1 : 0;
      if (classes.length > 0) {
        known++;
        plainRight += first == classes[row] ? 1 : 0;
        optimisedRight += second == classes[row] ? 1 : 0;
      }
    }
  }

  private static int best(float[] values, int from, int count) {
    int best = 0;
    for (int i = 1; i < count; i++) {
      if (values[from + i] > values[from + best]) {
        best = i;
      }
    }
    return best;
  }

  /** Returns how many images were compared. */
  int images() {
    return images;
  }

  /** Returns the share of images with the same predicted class; 0 if a logit is NaN. */
  double share() {
    return images == 0 || Double.isNaN(largest) ? 0 : (double) same / images;
  }

  /** Returns it for {@code recal.json}. */
  JsonObject json(String source) {
    JsonObject json = new JsonObject();
    json.addProperty("images", images);
    json.addProperty("source", source);
    json.addProperty("sameClass", share());
    json.addProperty("largestLogitDifference", largest);
    json.addProperty("meanLogitDifference", values == 0 ? 0 : sum / values);
    json.addProperty("largestLogit", maxLogit);
    if (known > 0) {
      json.addProperty("plainTop1", (double) plainRight / known);
      json.addProperty("optimisedTop1", (double) optimisedRight / known);
    }
    return json;
  }
}
