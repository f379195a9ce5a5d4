package dev.recal.ops.detection;

import dev.recal.ops.Arguments;
import java.util.ArrayList;
import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TBool;
import org.tensorflow.types.TFloat32;

/**
 * What a box's coordinates mean. Weights trained under one convention lose accuracy under another.
 *
 * <p>They differ in the widths of boxes, hence in coding ({@link DeltaCoding}), overlaps, clipping
 * and suppression, and in the anchors ({@link AnchorGrid}).
 */
public enum Conventions {
  /**
   * mmdetection 1: x2 is the last pixel of the box, so a width is x2 − x1 + 1; anchors are centred
   * on the middle of the stride and rounded.
   */
  LEGACY,
  /** mmdetection 2 and later: a width is x2 − x1; anchors are centred on 0 and not rounded. */
  PLAIN,
  /** torchvision: a width is x2 − x1; anchors are centred on 0 and rounded. */
  TORCHVISION;

  /** Returns whether x2 and y2 are the last pixels of the box, so that widths have a 1 added. */
  public boolean inclusive() {
    return this == LEGACY;
  }

  /** Returns what a width has in addition to x2 − x1, in pixels. */
  float extra() {
    return inclusive() ? 1 : 0;
  }

  /**
   * Returns a box of COCO as corners.
   *
   * @param x left edge
   * @param y upper edge
   */
  public float[] corners(float x, float y, float width, float height) {
    return new float[] {x, y, x + width - extra(), y + height - extra()};
  }

  /**
   * Returns corners as a box of COCO: left edge, upper edge, width and height.
   *
   * @param box x1, y1, x2, y2
   */
  public float[] coco(float... box) {
    Arguments.require(box.length == 4, "box", "4 coordinates", box.length);
    return new float[] {box[0], box[1], box[2] - box[0] + extra(), box[3] - box[1] + extra()};
  }

  /** Returns the widths of boxes (..., 4), of shape (...). */
  public Operand<TFloat32> widths(Ops tf, Operand<TFloat32> boxes) {
    Boxes.require("boxes", boxes);
    return width(tf, Boxes.coordinates(tf, boxes));
  }

  /** Returns the heights of boxes (..., 4), of shape (...). */
  public Operand<TFloat32> heights(Ops tf, Operand<TFloat32> boxes) {
    Boxes.require("boxes", boxes);
    return height(tf, Boxes.coordinates(tf, boxes));
  }

  Operand<TFloat32> width(Ops tf, List<Operand<TFloat32>> box) {
    return extent(tf, box.get(0), box.get(2));
  }

  Operand<TFloat32> height(Ops tf, List<Operand<TFloat32>> box) {
    return extent(tf, box.get(1), box.get(3));
  }

  private Operand<TFloat32> extent(Ops tf, Operand<TFloat32> from, Operand<TFloat32> to) {
    Operand<TFloat32> difference = tf.math.sub(to, from);
    return inclusive() ? tf.math.add(difference, tf.constant(extra())) : difference;
  }

  /**
   * Clips boxes to their image: to its last pixel if {@link #inclusive()}, otherwise to its edge.
   *
   * @param boxes (..., 4)
   * @param sizes height and width of the images in the last dimension; the others are broadcast to
   *     those of the boxes
   */
  public Operand<TFloat32> clip(Ops tf, Operand<TFloat32> boxes, Operand<TFloat32> sizes) {
    Boxes.require("boxes", boxes);
    Operand<TFloat32> corner = tf.reverse(lastPixels(tf, sizes), tf.constant(new int[] {-1}));
    Operand<TFloat32> limits = tf.concat(List.of(corner, corner), tf.constant(-1));
    return tf.math.minimum(Boxes.notNegative(tf, boxes), limits);
  }

  private Operand<TFloat32> lastPixels(Ops tf, Operand<TFloat32> sizes) {
    return inclusive() ? tf.math.sub(sizes, tf.constant(extra())) : sizes;
  }

  /**
   * Returns which boxes do not cross the border of their image, as mmdetection 1 requires of
   * anchors that are trained.
   *
   * @param boxes (..., 4)
   * @param sizes height and width of the images in the last dimension; the others are broadcast
   * @return (...)
   */
  public Operand<TBool> inside(Ops tf, Operand<TFloat32> boxes, Operand<TFloat32> sizes) {
    Operand<TBool> same = tf.math.equal(boxes, clip(tf, boxes, sizes));
    return tf.reduceAll(same, tf.constant(-1));
  }

  /**
   * Returns the intersection over union of each pair of boxes. It is 0 if neither has an area, or a
   * coordinate is not finite.
   *
   * @param a (..., A, 4)
   * @param b (..., B, 4); leading dimensions are broadcast
   * @return (..., A, B)
   */
  public Operand<TFloat32> overlaps(Ops tf, Operand<TFloat32> a, Operand<TFloat32> b) {
    Boxes.require("a", a);
    Boxes.require("b", b);
    // All values are exclusive before the large tensors are made: each operation on them counts.
    List<Operand<TFloat32>> rows = exclusive(tf, a, -1);
    List<Operand<TFloat32>> columns = exclusive(tf, b, -2);
    Operand<TFloat32> intersection =
        tf.math.mul(shared(tf, rows, columns, 0), shared(tf, rows, columns, 1));
    Operand<TFloat32> union =
        tf.math.sub(tf.math.add(area(tf, rows), area(tf, columns)), intersection);
    return tf.math.divNoNan(intersection, union);
  }

  private List<Operand<TFloat32>> exclusive(Ops tf, Operand<TFloat32> boxes, int axis) {
    List<Operand<TFloat32>> result = new ArrayList<>();
    for (Operand<TFloat32> coordinate : Boxes.coordinates(tf, Boxes.bounded(tf, boxes))) {
      Operand<TFloat32> end =
          inclusive() && result.size() >= 2
              ? tf.math.add(coordinate, tf.constant(extra()))
              : coordinate;
      result.add(tf.expandDims(end, tf.constant(axis)));
    }
    return result;
  }

  private static Operand<TFloat32> shared(
      Ops tf, List<Operand<TFloat32>> a, List<Operand<TFloat32>> b, int axis) {
    Operand<TFloat32> end = tf.math.minimum(a.get(axis + 2), b.get(axis + 2));
    Operand<TFloat32> start = tf.math.maximum(a.get(axis), b.get(axis));
    return Boxes.notNegative(tf, tf.math.sub(end, start));
  }

  private static Operand<TFloat32> area(Ops tf, List<Operand<TFloat32>> box) {
    return tf.math.mul(
        Boxes.notNegative(tf, tf.math.sub(box.get(2), box.get(0))),
        Boxes.notNegative(tf, tf.math.sub(box.get(3), box.get(1))));
  }
}
