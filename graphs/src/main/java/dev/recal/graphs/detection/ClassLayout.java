package dev.recal.graphs.detection;

import dev.recal.ops.Arguments;
import dev.recal.ops.detection.Conventions;

/**
 * The place of each class in the outputs of heads with a background class.
 *
 * @param classes without background
 * @param backgroundFirst whether the background is class 0 and also has a box and a mask, which are
 *     not used: 81-way heads of mmdetection 1 and torchvision. Otherwise it is the last logit, and
 *     has neither
 */
public record ClassLayout(int classes, boolean backgroundFirst) {

  /** Rejects counts below 1. */
  public ClassLayout {
    Arguments.atLeast(1, "classes", classes);
  }

  /** Returns the layout of a convention: the background is last in mmdetection 2 and later. */
  public static ClassLayout of(Conventions conventions, int classes) {
    return new ClassLayout(classes, conventions != Conventions.PLAIN);
  }

  /** Returns the number of logits. */
  public int logits() {
    return classes + 1;
  }

  /** Returns the number of boxes of a region if each class has one, and of its masks. */
  public int regressed() {
    return backgroundFirst ? classes + 1 : classes;
  }

  /** Returns the index of the background's logit. */
  public int background() {
    return backgroundFirst ? 0 : classes;
  }

  /** Returns the index of the first other class, in logits, boxes and masks. */
  public int first() {
    return backgroundFirst ? 1 : 0;
  }
}
