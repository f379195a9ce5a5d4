package dev.recal.graphs.data.targets;

import java.util.Objects;
import java.util.Optional;

/**
 * An object in an image.
 *
 * @param box around it
 * @param label index of its class
 * @param mask which pixels it covers, if known
 * @param crowd whether the box surrounds several objects as a group
 */
public record ImageObject(Box box, int label, Optional<Mask> mask, boolean crowd) {

  /** Rejects missing parts. */
  public ImageObject {
    Objects.requireNonNull(box, "box");
    Objects.requireNonNull(mask, "mask");
  }

  /** One object without a mask. */
  public ImageObject(Box box, int label) {
    this(box, label, Optional.empty(), false);
  }

  /** One object with a mask. */
  public ImageObject(Box box, int label, Mask mask) {
    this(box, label, Optional.of(mask), false);
  }
}
