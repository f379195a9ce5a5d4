package dev.recal.graphs.data.coco;

/**
 * A box as COCO's files have it, in pixels. It may leave the image, and it may be empty.
 *
 * @param x left edge
 * @param y upper edge
 * @param width 0 or more
 * @param height 0 or more
 */
public record CocoBox(double x, double y, double width, double height) {

  /** Rejects numbers that are not finite, and negative sizes. */
  public CocoBox {
    if (!Double.isFinite(x) || !Double.isFinite(y)) {
      throw new IllegalArgumentException(
          "x and y: expected finite numbers, but got " + x + " and " + y + ".");
    }
    // Written so that NaN is rejected.
    if (!(width >= 0 && height >= 0) || Double.isInfinite(width) || Double.isInfinite(height)) {
      throw new IllegalArgumentException(
          ("width and height: expected finite numbers of 0 or more, but got " + width)
              + (" and " + height + "."));
    }
  }

  /** In pixels. */
  public double area() {
    return width * height;
  }

  /**
   * Intersection over union with an object's box; over the area of this box, if the object is a
   * crowd. 0 if the boxes have no area in common.
   *
   * @param crowd whether the object is a group of several
   */
  public double iou(CocoBox object, boolean crowd) {
    double commonWidth = Math.min(x + width, object.x + object.width) - Math.max(x, object.x);
    double commonHeight = Math.min(y + height, object.y + object.height) - Math.max(y, object.y);
    if (commonWidth <= 0 || commonHeight <= 0) {
      return 0;
    }
    double common = commonWidth * commonHeight;
    return common / (crowd ? area() : area() + object.area() - common);
  }
}
