package dev.recal.models.detection;

import dev.recal.graphs.data.coco.CocoAnnotations;
import dev.recal.graphs.data.coco.CocoTargets;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * The numbers by which COCO's results name images and categories.
 *
 * <p>With annotations they are the ids of the images with the files' names, and of the categories
 * with the labels' names. Without, images are numbered from 1, and a category is its label + 1.
 */
public final class CocoNames {

  private final Map<Path, Image> numbered;
  private final Optional<Annotated> annotated;

  /** Images by their files' names, and the category of each label. */
  private record Annotated(Map<String, Image> images, List<OptionalInt> categories) {}

  /**
   * An image.
   *
   * @param id its number
   * @param height of its annotations in pixels; 0 if not known
   * @param width of its annotations in pixels; 0 if not known
   */
  public record Image(long id, int height, int width) {

    /** Whether an image has the size that its annotations were made for, if that is known. */
    boolean hasSize(DetectedImage image) {
      return height == 0 || height == image.height() && width == image.width();
    }
  }

  private CocoNames(Map<Path, Image> numbered, Optional<Annotated> annotated) {
    this.numbered = numbered;
    this.annotated = annotated;
  }

  /**
   * Numbers files.
   *
   * @param files in the order of their numbers
   */
  public static CocoNames numbered(List<Path> files) {
    Map<Path, Image> numbers = new HashMap<>();
    for (Path file : files) {
      numbers.putIfAbsent(file, new Image(numbers.size() + 1L, 0, 0));
    }
    return new CocoNames(numbers, Optional.empty());
  }

  /**
   * Takes ids from a file of annotations.
   *
   * @param annotations in COCO's format
   * @param labels of the model
   * @throws IOException if the file cannot be read, or none of its categories is one of the labels
   */
  public static CocoNames annotated(Path annotations, List<String> labels) throws IOException {
    CocoAnnotations read = CocoAnnotations.read(annotations, false);
    Map<String, Image> images = new HashMap<>();
    for (CocoAnnotations.Image image : read.images()) {
      images.putIfAbsent(image.file(), new Image(image.id(), image.height(), image.width()));
    }
    List<CocoAnnotations.Category> sorted =
        read.categories().stream()
            .sorted(Comparator.comparingInt(CocoAnnotations.Category::id))
            .toList();
    List<String> names = CocoTargets.names(sorted);
    List<OptionalInt> categories = new ArrayList<>();
    for (String label : labels) {
      int index = names.indexOf(label);
      categories.add(index < 0 ? OptionalInt.empty() : OptionalInt.of(sorted.get(index).id()));
    }
    if (categories.stream().noneMatch(OptionalInt::isPresent)) {
      throw new IOException(
          "File "
              + annotations
              + ": expected categories with the names of the model's classes, but none is one of "
              + labels
              + ".");
    }
    return new CocoNames(Map.of(), Optional.of(new Annotated(images, categories)));
  }

  /** Returns the id of a label's category; empty if the annotations do not have it. */
  public OptionalInt category(int label) {
    if (annotated.isEmpty()) {
      return OptionalInt.of(label + 1);
    }
    List<OptionalInt> categories = annotated.get().categories();
    return label < categories.size() ? categories.get(label) : OptionalInt.empty();
  }

  /**
   * Returns the image of a file; empty if the annotations do not list it. Their names may contain
   * folders.
   */
  public Optional<Image> image(Path file) {
    if (annotated.isEmpty()) {
      return Optional.ofNullable(numbered.get(file));
    }
    Path full = file.toAbsolutePath().normalize();
    for (int from = 0; from < full.getNameCount(); from++) {
      List<String> names = new ArrayList<>();
      full.subpath(from, full.getNameCount()).forEach(part -> names.add(part.toString()));
      Image image = annotated.get().images().get(String.join("/", names));
      if (image != null) {
        return Optional.of(image);
      }
    }
    return Optional.empty();
  }
}
