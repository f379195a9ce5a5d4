package dev.recal.graphs.detection.training;

import dev.recal.graphs.data.DataSet;
import dev.recal.graphs.data.DataSource;
import dev.recal.graphs.data.coco.CocoAnnotations;
import dev.recal.graphs.data.coco.CocoBox;
import dev.recal.graphs.data.coco.CocoTargets;
import dev.recal.graphs.data.coco.GroundTruth;
import dev.recal.graphs.data.source.CocoFolder;
import dev.recal.graphs.data.targets.Box;
import dev.recal.graphs.data.targets.ImageObject;
import dev.recal.graphs.data.targets.ImageObjects;
import dev.recal.graphs.data.targets.Mask;
import dev.recal.graphs.data.targets.ObjectTargets;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * What detections of a data set are compared with. Of a {@link CocoFolder} that is its file of
 * annotations: with its ids, areas and flags, so that the numbers are COCO's. Of other sources it
 * is the objects of the data set, with the areas of their masks, or boxes without masks.
 */
final class TrueObjects {

  private final Map<Integer, Image> images = new HashMap<>();
  private final List<Optional<Integer>> categories;
  private final Optional<String> remark;

  /**
   * An image with its objects.
   *
   * @param id in the annotations, or the number of the item
   * @param height in pixels
   * @param width in pixels
   */
  record Image(long id, int height, int width, List<GroundTruth> objects) {}

  private TrueObjects(List<Optional<Integer>> categories, Optional<String> remark) {
    this.categories = List.copyOf(categories);
    this.remark = remark;
  }

  /**
   * Collects the objects of a data set. Where a file of annotations has ones that COCO's evaluation
   * does not allow, these are the data set's objects, too, and {@link #remark} says so.
   *
   * @param source where it comes from
   */
  static TrueObjects of(DataSet data, DataSource source) {
    if (!(source instanceof CocoFolder folder)) {
      return targets(data, Optional.empty());
    }
    try {
      return annotated(data, folder.evaluationAnnotations());
    } catch (IOException unusable) {
      return targets(
          data,
          Optional.of(
              "Evaluating without the annotations that cannot be used, and without their areas: "
                  + unusable.getMessage()));
    }
  }

  /** Returns a sentence about what is unusual, if anything is. */
  Optional<String> remark() {
    return remark;
  }

  private static TrueObjects annotated(DataSet data, CocoAnnotations annotations) {
    List<CocoAnnotations.Category> sorted =
        annotations.categories().stream()
            .sorted(Comparator.comparingInt(CocoAnnotations.Category::id))
            .toList();
    List<String> names = CocoTargets.names(sorted);
    Map<String, Integer> ids = new HashMap<>();
    for (int i = 0; i < names.size(); i++) {
      ids.put(names.get(i), sorted.get(i).id());
    }
    TrueObjects result =
        new TrueObjects(
            data.classNames().stream().map(n -> Optional.ofNullable(ids.get(n))).toList(),
            Optional.empty());
    Map<Long, List<GroundTruth>> objects = new HashMap<>();
    annotations
        .objects()
        .forEach(o -> objects.computeIfAbsent(o.image(), id -> new ArrayList<>()).add(o));
    Map<String, CocoAnnotations.Image> byFile = new HashMap<>();
    annotations.images().forEach(image -> byFile.putIfAbsent(image.file(), image));
    for (int i = 0; i < data.count(); i++) {
      CocoAnnotations.Image image = byFile.get(data.itemName(i));
      result.images.put(
          data.itemOf(i),
          new Image(
              image.id(),
              image.height(),
              image.width(),
              objects.getOrDefault(image.id(), List.of())));
    }
    return result;
  }

  private static TrueObjects targets(DataSet data, Optional<String> remark) {
    ObjectTargets targets = (ObjectTargets) data.targets();
    TrueObjects result =
        new TrueObjects(
            IntStream.rangeClosed(1, targets.classNames().size()).mapToObj(Optional::of).toList(),
            remark);
    for (int i = 0; i < data.count(); i++) {
      int item = data.itemOf(i);
      ImageObjects image = targets.objects(item);
      List<GroundTruth> objects = new ArrayList<>();
      for (ImageObject object : image.objects()) {
        objects.add(truth(item + 1L, object));
      }
      result.images.put(item, new Image(item + 1L, image.height(), image.width(), objects));
    }
    return result;
  }

  private static GroundTruth truth(long id, ImageObject object) {
    Box box = object.box();
    CocoBox coco =
        new CocoBox(box.left(), box.top(), box.right() - box.left(), box.bottom() - box.top());
    double area = object.mask().map(Mask::area).map(Integer::doubleValue).orElse(coco.area());
    return new GroundTruth(
        id, object.label() + 1, coco, area, object.crowd(), false, object.mask());
  }

  /** Returns the ids of the categories. */
  List<Integer> categories() {
    return categories.stream().flatMap(Optional::stream).toList();
  }

  /** Returns the id of a label's category; empty if the annotations do not have it. */
  Optional<Integer> category(int label) {
    return categories.get(label);
  }

  /** Returns the image of a stored item. */
  Image image(int item) {
    return images.get(item);
  }
}
