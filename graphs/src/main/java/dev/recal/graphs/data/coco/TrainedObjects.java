package dev.recal.graphs.data.coco;

import dev.recal.graphs.data.targets.Box;
import dev.recal.graphs.data.targets.ImageObject;
import dev.recal.graphs.data.targets.Mask;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Annotations as targets; those that cannot be trained on are left out and counted. */
final class TrainedObjects implements AnnotationReader.Entries {
  // Of a box as it is annotated, as in the reference implementations.
  private static final double MIN_SIDE = 1;

  private final Map<Long, List<ImageObject>> objects = new HashMap<>();
  private final Remarks remarks;
  private final Map<Integer, Integer> labels;
  private final boolean masks;

  /**
   * Begins without objects.
   *
   * @param labels of the categories, by their ids
   */
  TrainedObjects(Remarks remarks, Map<Integer, Integer> labels, boolean masks) {
    this.remarks = remarks;
    this.labels = labels;
    this.masks = masks;
  }

  /** The objects of an image. */
  List<ImageObject> of(CocoAnnotations.Image image) {
    return objects.getOrDefault(image.id(), List.of());
  }

  @Override
  public void add(StreamedJson json, String place, CocoEntry entry, CocoAnnotations.Image image) {
    Optional<Box> box = box(place, entry, image);
    if (box.isEmpty()) {
      return;
    }
    Optional<Mask> mask = Optional.empty();
    if (masks) {
      mask = mask(place, entry.segmentation(), image);
      if (mask.isEmpty()) {
        return;
      }
    }
    int label = labels.get(entry.category().intValue());
    objects
        .computeIfAbsent(image.id(), id -> new ArrayList<>())
        .add(new ImageObject(box.get(), label, mask, entry.crowd() || entry.ignore()));
  }

  private Optional<Box> box(String place, CocoEntry entry, CocoAnnotations.Image image) {
    double[] box = entry.box();
    if (box == null) {
      return leftOut("annotations without a box", place);
    }
    if (box[2] < MIN_SIDE || box[3] < MIN_SIDE) {
      return leftOut("annotations with a box narrower or lower than 1 pixel", place);
    }
    float left = (float) Math.max(0, box[0]);
    float top = (float) Math.max(0, box[1]);
    float right = (float) Math.min(image.width(), box[0] + box[2]);
    float bottom = (float) Math.min(image.height(), box[1] + box[3]);
    if (left >= right || top >= bottom) {
      return leftOut("annotations with a box outside of their image", place);
    }
    if (entry.area() != null && entry.area() <= 0) {
      return leftOut("annotations with an area of 0 or less", place);
    }
    return Optional.of(new Box(top, left, bottom, right));
  }

  private Optional<Mask> mask(
      String place, Segmentation segmentation, CocoAnnotations.Image image) {
    if (segmentation == null) {
      return leftOut("annotations without a segmentation", place);
    }
    int flat = segmentation.flatPolygons();
    if (flat > 0) {
      remarks.add("polygons of fewer than three corners, left out", flat, place);
    }
    try {
      return Optional.of(segmentation.withoutFlatPolygons().mask(image.height(), image.width()));
    } catch (IllegalArgumentException refused) {
      String reason = refused.getMessage().replaceFirst("\\.$", "");
      return leftOut("annotations with an unusable segmentation", place + " (" + reason + ")");
    }
  }

  private <T> Optional<T> leftOut(String kind, String example) {
    remarks.add(kind + ", left out", example);
    return Optional.empty();
  }
}
