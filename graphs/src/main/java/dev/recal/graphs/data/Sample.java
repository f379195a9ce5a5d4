package dev.recal.graphs.data;

import java.util.Objects;

/**
 * An image and its target, for a set that is made in Java.
 *
 * @param name of the image, for messages and the digest
 * @param image the image
 * @param target what {@link DataSets#collect} turns into a column of targets
 * @param <T> type of the target
 */
public record Sample<T>(String name, SampleImage image, T target) {

  /** Rejects missing parts. */
  public Sample {
    Objects.requireNonNull(name, "name");
    Objects.requireNonNull(image, "image");
    Objects.requireNonNull(target, "target");
  }
}
