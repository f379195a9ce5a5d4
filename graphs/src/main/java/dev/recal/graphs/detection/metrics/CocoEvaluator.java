package dev.recal.graphs.detection.metrics;

import dev.recal.graphs.data.coco.CocoAnnotations;
import dev.recal.graphs.data.coco.CocoDetections;
import dev.recal.graphs.data.coco.Detection;
import dev.recal.graphs.data.coco.GroundTruth;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * COCO's evaluation. Images are matched when they are added, so that masks need not be kept; the
 * order in which they are added does not matter.
 *
 * <p>Not thread-safe.
 */
public final class CocoEvaluator {
  private final Region region;
  private final CocoSettings settings;
  private final Map<Integer, List<ImageMatches>> matches = new TreeMap<>();
  private final Set<Long> images = new HashSet<>();

  /**
   * Begins an evaluation.
   *
   * @param region what is compared
   * @param categories ids of the categories to evaluate
   */
  public CocoEvaluator(Region region, Collection<Integer> categories, CocoSettings settings) {
    this.region = Objects.requireNonNull(region, "region");
    this.settings = Objects.requireNonNull(settings, "settings");
    if (categories.isEmpty()) {
      throw new IllegalArgumentException("categories: expected at least one, but got none.");
    }
    new TreeSet<>(categories).forEach(category -> matches.put(category, new ArrayList<>()));
  }

  /**
   * Evaluates detections of any number of images at once.
   *
   * @param objects of all images
   * @param detections in all images
   */
  public static CocoResult evaluate(
      Region region,
      Collection<Integer> categories,
      CocoSettings settings,
      List<GroundTruth> objects,
      List<Detection> detections) {
    CocoEvaluator evaluator = new CocoEvaluator(region, categories, settings);
    Map<Long, List<GroundTruth>> objectsOf = new LinkedHashMap<>();
    Map<Long, List<Detection>> detectionsOf = new HashMap<>();
    for (GroundTruth object : objects) {
      objectsOf.computeIfAbsent(object.image(), id -> new ArrayList<>()).add(object);
    }
    for (Detection detection : detections) {
      objectsOf.computeIfAbsent(detection.image(), id -> new ArrayList<>());
      detectionsOf.computeIfAbsent(detection.image(), id -> new ArrayList<>()).add(detection);
    }
    objectsOf.forEach(
        (image, list) -> evaluator.add(image, list, detectionsOf.getOrDefault(image, List.of())));
    return evaluator.result();
  }

  /**
   * Evaluates what a file of annotations and one of detections contain.
   *
   * @throws IllegalArgumentException if masks are compared and something has none
   */
  public static CocoResult evaluate(
      Region region, CocoSettings settings, CocoAnnotations annotations, CocoDetections found) {
    return evaluate(
        region,
        annotations.categories().stream().map(CocoAnnotations.Category::id).toList(),
        settings,
        annotations.objects(),
        found.detections());
  }

  /**
   * Matches the detections of an image.
   *
   * @param image its id; images without objects and detections may be left out
   * @param objects all objects of the image
   * @param detections all detections in the image, in any order
   * @throws IllegalArgumentException if the image has been added before, if something belongs to
   *     another image or to a category that is not evaluated, or if masks are compared and
   *     something has none or one of another size
   */
  public void add(long image, List<GroundTruth> objects, List<Detection> detections) {
    Map<Integer, List<GroundTruth>> objectsOf = new TreeMap<>();
    Map<Integer, List<Detection>> detectionsOf = new TreeMap<>();
    for (GroundTruth object : objects) {
      require(image, object.image(), object.category());
      objectsOf.computeIfAbsent(object.category(), id -> new ArrayList<>()).add(object);
    }
    for (Detection detection : detections) {
      require(image, detection.image(), detection.category());
      detectionsOf.computeIfAbsent(detection.category(), id -> new ArrayList<>()).add(detection);
    }
    if (images.contains(image)) {
      throw new IllegalArgumentException(
          "image: expected each image once, but got " + image + " again.");
    }
    Set<Integer> categories = new TreeSet<>(objectsOf.keySet());
    categories.addAll(detectionsOf.keySet());
    Map<Integer, ImageMatches> found = new TreeMap<>();
    for (int category : categories) {
      found.put(
          category,
          ImageMatcher.match(
              settings,
              region,
              image,
              objectsOf.getOrDefault(category, List.of()),
              detectionsOf.getOrDefault(category, List.of())));
    }
    // Last, so that a refused image leaves nothing behind.
    images.add(image);
    found.forEach((category, match) -> matches.get(category).add(match));
  }

  private void require(long image, long actual, int category) {
    if (image != actual) {
      throw new IllegalArgumentException(
          ("image: expected objects and detections of image " + image + ", but got one of image ")
              + (actual + "."));
    }
    if (!matches.containsKey(category)) {
      throw new IllegalArgumentException(
          ("category: expected one of the " + matches.size() + " evaluated categories, but got ")
              + (category + " in image " + image + "."));
    }
  }

  /** Returns the numbers of all images that have been added. */
  public CocoResult result() {
    List<CategoryCurves> curves = new ArrayList<>();
    for (List<ImageMatches> list : matches.values()) {
      List<ImageMatches> ordered =
          list.stream().sorted(Comparator.comparingLong(ImageMatches::image)).toList();
      curves.add(CategoryCurves.of(settings, ordered));
    }
    return new CocoResult(region, settings, List.copyOf(matches.keySet()), curves);
  }
}
