package dev.recal.graphs.data.targets;

import java.util.List;

/**
 * The objects of one image.
 *
 * @param height of the image in pixels
 * @param width of the image in pixels
 * @param objects within the image; may be none
 */
public record ImageObjects(int height, int width, List<ImageObject> objects) {

  /** Rejects boxes that leave the image and masks of another size. */
  public ImageObjects {
    objects = List.copyOf(objects);
    if (height < 1 || width < 1) {
      throw new IllegalArgumentException(
          "height and width: expected at least 1 pixel, but got " + height + "×" + width + ".");
    }
    for (int i = 0; i < objects.size(); i++) {
      Box box = objects.get(i).box();
      if (!box.within(height, width)) {
        throw new IllegalArgumentException(
            ("object "
                    + i
                    + ": expected a box within "
                    + height
                    + "×"
                    + width
                    + " pixels, but got ")
                + (box + "."));
      }
      Mask mask = objects.get(i).mask().orElse(null);
      if (mask != null && (mask.height() != height || mask.width() != width)) {
        throw new IllegalArgumentException(
            ("object " + i + ": expected a mask of " + height + "×" + width + " pixels, but got ")
                + (mask.height() + "×" + mask.width() + "."));
      }
    }
  }
}
