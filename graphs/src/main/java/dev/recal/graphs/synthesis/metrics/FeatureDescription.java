package dev.recal.graphs.synthesis.metrics;

import java.util.Objects;

/**
 * Which features a result rests on; figures are comparable only where all of this is the same.
 *
 * @param name of the network and its output
 * @param dimensions number of features of an image
 * @param resizing how images were brought to the network's size, and in what range
 * @param standIn whether it is the embedded stand-in; its distances are never called FID
 */
public record FeatureDescription(String name, int dimensions, String resizing, boolean standIn) {

  /** Rejects descriptions that say nothing. */
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

  /** Returns what the Fréchet distance of these features is called. */
  public String frechetName() {
    return standIn ? "Fréchet distance of stand-in features (not FID)" : "FID";
  }

  /** Returns what the kernel distance of these features is called. */
  public String kernelName() {
    return standIn ? "kernel distance of stand-in features (not KID)" : "KID";
  }
}
