package dev.recal.graphs.data.coco;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;

/**
 * The contents of a file of COCO's annotations.
 *
 * @param images in the file's order
 * @param categories in the file's order
 * @param objects annotated in them, in the file's order
 * @param remarks sentences about what is unusual: annotations that were left out because their
 *     image or category is not listed, empty boxes, boxes outside of their image
 */
public record CocoAnnotations(
    List<Image> images,
    List<Category> categories,
    List<GroundTruth> objects,
    List<String> remarks) {

  /**
   * An image.
   *
   * @param id the number by which annotations name it
   * @param file its name, empty if the file of annotations has none
   * @param height in pixels
   * @param width in pixels
   */
  public record Image(long id, String file, int height, int width) {
    /** Rejects sizes below 1. */
    public Image {
      Objects.requireNonNull(file, "file");
      if (height < 1 || width < 1) {
        throw new IllegalArgumentException(
            "height and width: expected at least 1 pixel, but got " + height + "×" + width + ".");
      }
    }
  }

  /**
   * A category.
   *
   * @param id the number by which annotations name it
   * @param name for people
   */
  public record Category(int id, String name) {
    /** Rejects a missing name. */
    public Category {
      Objects.requireNonNull(name, "name");
    }
  }

  /** Copies the lists. */
  public CocoAnnotations {
    images = List.copyOf(images);
    categories = List.copyOf(categories);
    objects = List.copyOf(objects);
    remarks = List.copyOf(remarks);
  }

  /**
   * Reads a file. It is read twice, since images may follow annotations, and never held in memory.
   *
   * @param file an object with {@code images}, {@code categories} and {@code annotations}
   * @param masks whether each object's {@code segmentation} becomes its mask
   * @throws IOException if the file cannot be read, is not JSON, lists an image, a category or an
   *     annotation twice, lacks a needed member, or has a segmentation that is damaged or made for
   *     an image of another size; the message names the file and the place
   */
  public static CocoAnnotations read(Path file, boolean masks) throws IOException {
    AnnotationReader reader = new AnnotationReader(file);
    EvaluatedObjects evaluated = new EvaluatedObjects(reader.remarks(), masks);
    reader.readAnnotations(evaluated);
    return new CocoAnnotations(
        reader.images(), reader.categories(), evaluated.objects(), reader.remarks().sentences());
  }

  /**
   * Reads the images of a file only, in its order.
   *
   * @throws IOException if the file cannot be read, or its list of images is damaged
   */
  public static List<Image> images(Path file) throws IOException {
    return new AnnotationReader(file).images();
  }
}
