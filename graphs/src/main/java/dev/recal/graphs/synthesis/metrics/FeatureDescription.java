package dev.recal.graphs.synthesis.metrics;

import java.util.Objects;

/**
 * The features behind a result; metrics are comparable only if all of this is equal.
 *
 * @param name of the network and its output
 * @param dimensions number of features of an image, or of a position of a map
 * @param resizing how images were resized for the network, and their range
 * @param standIn whether it is the embedded stand-in; its distances are never called FID
 */
public record FeatureDescription(String name, int dimensions, String resizing, boolean standIn) {

  /** Rejects empty descriptions. */
  public FeatureDescription {
    Objects.requireNonNull(resizing, "resizing");
    if (name.isBlank()) {
      throw new IllegalArgumentException("name: expected the network's name, but got nothing.");
    }
    if (dimensions < 1) {
      throw new IllegalArgumentException(
          "dimensions: expected at least 1, but got " + dimensions + ".");
    }
  }

  /** Returns the name of the Fréchet distance of these features. */
  public String frechetName() {
    return standIn ? "Fréchet distance of stand-in features (not FID)" : "FID";
  }

  /** Returns the name of the kernel distance of these features. */
  public String kernelName() {
    return standIn ? "kernel distance of stand-in features (not KID)" : "KID";
  }

  /** Returns the name of the Fréchet distance of a single image's positions. */
  public String singleImageName() {
    return standIn ? "single-image Fréchet distance of stand-in features (not SIFID)" : "SIFID";
  }
}
