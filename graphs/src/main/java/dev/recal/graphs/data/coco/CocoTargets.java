package dev.recal.graphs.data.coco;

import dev.recal.graphs.data.targets.ImageObject;
import dev.recal.graphs.data.targets.ImageObjects;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The contents of a file of COCO's annotations as targets for training. What cannot be trained on
 * is left out and counted, where {@link CocoAnnotations} would refuse the file:
 *
 * <ul>
 *   <li>annotations whose image or category is not listed;
 *   <li>boxes that are missing, narrower or lower than 1 pixel, or outside of their image; others
 *       are clipped to it;
 *   <li>areas of 0 or less; a missing one does not matter;
 *   <li>with masks, polygons of fewer than three corners, and objects whose segmentation is missing
 *       or cannot be used.
 * </ul>
 *
 * <p>Objects flagged {@code iscrowd} or {@code ignore} are {@linkplain ImageObject#crowd crowds}:
 * training does not use them, and detections of them are neither correct nor wrong.
 *
 * @param images in the order of their ids
 * @param classNames of the categories in the order of their ids; categories that share a name have
 *     their id after it
 * @param objects of each image, in the file's order, with indices of the class names as labels
 * @param remarks sentences about what was left out, with numbers
 */
public record CocoTargets(
    List<CocoAnnotations.Image> images,
    List<String> classNames,
    List<ImageObjects> objects,
    List<String> remarks) {

  /** Copies the lists. */
  public CocoTargets {
    images = List.copyOf(images);
    classNames = List.copyOf(classNames);
    objects = List.copyOf(objects);
    remarks = List.copyOf(remarks);
  }

  /**
   * Reads a file. It is read twice, since images may follow annotations, and never held in memory.
   *
   * @param file an object with {@code images}, {@code categories} and {@code annotations}
   * @param masks whether each object's {@code segmentation} becomes its mask
   * @throws IOException if the file cannot be read, is not JSON, lists an image, a category or an
   *     annotation twice, or has members of a wrong kind; the message names the file and the place
   */
  public static CocoTargets read(Path file, boolean masks) throws IOException {
    AnnotationReader reader = new AnnotationReader(file);
    List<CocoAnnotations.Category> categories =
        reader.categories().stream()
            .sorted(Comparator.comparingInt(CocoAnnotations.Category::id))
            .toList();
    Map<Integer, Integer> labels = new HashMap<>();
    categories.forEach(category -> labels.put(category.id(), labels.size()));
    TrainedObjects trained = new TrainedObjects(reader.remarks(), labels, masks);
    reader.readAnnotations(trained);
    List<CocoAnnotations.Image> images =
        reader.images().stream()
            .sorted(Comparator.comparingLong(CocoAnnotations.Image::id))
            .toList();
    List<ImageObjects> objects =
        images.stream()
            .map(image -> new ImageObjects(image.height(), image.width(), trained.of(image)))
            .toList();
    return new CocoTargets(images, names(categories), objects, reader.remarks().sentences());
  }

  /**
   * Returns the class names of categories, in their order; those that share a name have their id
   * after it.
   */
  public static List<String> names(List<CocoAnnotations.Category> categories) {
    Set<String> seen = new HashSet<>();
    Set<String> shared = new HashSet<>();
    for (CocoAnnotations.Category category : categories) {
      if (!seen.add(category.name())) {
        shared.add(category.name());
      }
    }
    List<String> names = new ArrayList<>();
    for (CocoAnnotations.Category category : categories) {
      String name = category.name();
      names.add(shared.contains(name) ? name + " " + category.id() : name);
    }
    return names;
  }
}
