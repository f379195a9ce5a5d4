package dev.recal.graphs.data.targets;

import dev.recal.graphs.data.items.Digest;
import java.util.List;
import java.util.Optional;

/** The targets of all items of a data set. Immutable; several views of a set share one. */
public sealed interface TargetStore
    permits ClassTargets, ImageTargets, MultiClassTargets, NumberTargets, NoTargets, ObjectTargets {

  /** For how many items there are targets. */
  int count();

  /** What an item has, as in “one of 10 classes”. */
  String description();

  /** The names of the classes that labels are indices of; empty where targets are not classes. */
  default List<String> classNames() {
    return List.of();
  }

  /** The names of what a network has an output for: the classes, or the numbers. */
  default List<String> outputNames() {
    return classNames();
  }

  /**
   * Returns the targets of some items.
   *
   * @param items indices in ascending order
   */
  TargetStore choose(int[] items);

  /**
   * Returns the same targets under other class names.
   *
   * @param newNames the names of the classes
   * @param labels for each of the present classes its index among the new names
   * @throws IllegalArgumentException if targets are not classes
   */
  default TargetStore relabelled(List<String> newNames, int[] labels) {
    throw new IllegalArgumentException(
        "classes: expected targets with classes, but got " + description() + ".");
  }

  /** Adds the targets of some items to a digest. */
  void addTo(Digest digest, int[] items);

  /** The stratum for splitting: the label if there is one, otherwise 0. */
  default int stratum(int item) {
    return 0;
  }

  /**
   * Tells why a target does not fit its image.
   *
   * @param height of the image in pixels
   * @param width of the image in pixels
   * @return the end of a sentence that begins with the image's name; empty if it fits
   */
  default Optional<String> mismatch(int item, int height, int width) {
    return Optional.empty();
  }

  /** Whether targets are tied to places in an image, so that features cannot have them. */
  default boolean needsImages() {
    return false;
  }

  /**
   * Makes the access of one pipeline, which closes it.
   *
   * @param height of the delivered images in pixels, −1 if it varies
   * @param width of the delivered images in pixels, −1 if it varies
   * @param objects how objects are delivered
   * @throws IllegalArgumentException if the targets cannot be delivered so
   */
  TargetGraph graph(int height, int width, ObjectSettings objects);

  /** Adds an owner of native memory; see {@link #release}. */
  default void retain() {}

  /** Takes an owner away; the last one frees the memory. */
  default void release() {}
}
