package dev.recal.graphs.data.coco;

import dev.recal.graphs.data.targets.Mask;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Reads a file of annotations: the lists of images and categories when it is made, since they may
 * follow the annotations, then one annotation after the other.
 */
final class AnnotationReader {
  private final Path file;
  private final Map<Long, CocoAnnotations.Image> images = new LinkedHashMap<>();
  private final Map<Integer, CocoAnnotations.Category> categories = new LinkedHashMap<>();
  private final Set<Long> ids = new HashSet<>();
  private final Set<String> sections = new HashSet<>();
  private final Remarks remarks = new Remarks();

  /** Takes an annotation whose image and category are listed. */
  interface Entries {
    /**
     * Takes one.
     *
     * @param json for failures
     * @param place of the entry in the file
     */
    void add(StreamedJson json, String place, CocoEntry entry, CocoAnnotations.Image image)
        throws IOException;
  }

  AnnotationReader(Path file) throws IOException {
    this.file = file;
    StreamedJson.read(file, this::readLists);
  }

  /** In the file's order. */
  List<CocoAnnotations.Image> images() {
    return List.copyOf(images.values());
  }

  /** In the file's order. */
  List<CocoAnnotations.Category> categories() {
    return List.copyOf(categories.values());
  }

  /** What is unusual in the file, so far. */
  Remarks remarks() {
    return remarks;
  }

  private void readLists(StreamedJson json) throws IOException {
    json.object(
        name -> {
          sections.add(name);
          switch (name) {
            case "images" -> json.list(i -> readImage(json, name + "." + i));
            case "categories" -> json.list(i -> readCategory(json, name + "." + i));
            default -> {
              return false;
            }
          }
          return true;
        });
    for (String section : List.of("images", "categories", "annotations")) {
      if (!sections.contains(section)) {
        throw json.expected(section, "a list", "nothing");
      }
    }
  }

  private void readImage(StreamedJson json, String place) throws IOException {
    Object[] values = new Object[4];
    json.object(
        name -> {
          switch (name) {
            case "id" -> values[0] = json.integer(Long.MIN_VALUE, Long.MAX_VALUE);
            case "file_name" -> values[1] = json.text();
            case "height" -> values[2] = json.integer(1, Integer.MAX_VALUE);
            case "width" -> values[3] = json.integer(1, Integer.MAX_VALUE);
            default -> {
              return false;
            }
          }
          return true;
        });
    long id = (Long) required(json, place, "id", values[0]);
    CocoAnnotations.Image image =
        new CocoAnnotations.Image(
            id,
            values[1] == null ? "" : (String) values[1],
            ((Long) required(json, place, "height", values[2])).intValue(),
            ((Long) required(json, place, "width", values[3])).intValue());
    if (images.put(id, image) != null) {
      throw json.refused(place + ".id", "the image " + id + " is listed twice.");
    }
  }

  private void readCategory(StreamedJson json, String place) throws IOException {
    Object[] values = new Object[2];
    json.object(
        name -> {
          switch (name) {
            case "id" -> values[0] = json.integer(Integer.MIN_VALUE, Integer.MAX_VALUE);
            case "name" -> values[1] = json.text();
            default -> {
              return false;
            }
          }
          return true;
        });
    int id = ((Long) required(json, place, "id", values[0])).intValue();
    String name = values[1] == null ? Integer.toString(id) : (String) values[1];
    if (categories.put(id, new CocoAnnotations.Category(id, name)) != null) {
      throw json.refused(place + ".id", "the category " + id + " is listed twice.");
    }
  }

  /** Reads all annotations; those of unlisted images and categories are left out and counted. */
  void readAnnotations(Entries entries) throws IOException {
    StreamedJson.read(
        file,
        json ->
            json.object(
                name -> {
                  if (!name.equals("annotations")) {
                    return false;
                  }
                  json.list(i -> add(json, name + "." + i, CocoEntry.read(json), entries));
                  return true;
                }));
  }

  private void add(StreamedJson json, String place, CocoEntry entry, Entries entries)
      throws IOException {
    long id = required(json, place, "id", entry.id());
    if (!ids.add(id)) {
      throw json.refused(place + ".id", "the annotation " + id + " is listed twice.");
    }
    long imageId = required(json, place, "image_id", entry.image());
    long category = required(json, place, "category_id", entry.category());
    CocoAnnotations.Image image = images.get(imageId);
    if (image == null) {
      remarks.add("annotations of unlisted images, left out", place + " (image " + imageId + ")");
      return;
    }
    if (category != (int) category || !categories.containsKey((int) category)) {
      remarks.add(
          "annotations of unlisted categories, left out", place + " (category " + category + ")");
      return;
    }
    entries.add(json, place, entry, image);
  }

  static <T> T required(StreamedJson json, String place, String member, T value)
      throws IOException {
    if (value == null) {
      throw json.refused(place, "expected a member '" + member + "', but there is none.");
    }
    return value;
  }

  /** The box of an entry that has one. */
  static CocoBox box(StreamedJson json, String place, double[] box) throws IOException {
    try {
      return new CocoBox(box[0], box[1], box[2], box[3]);
    } catch (IllegalArgumentException refused) {
      throw json.refused(place + ".bbox", refused.getMessage());
    }
  }

  static Mask mask(
      StreamedJson json, String place, Segmentation segmentation, CocoAnnotations.Image image)
      throws IOException {
    try {
      return segmentation.mask(image.height(), image.width());
    } catch (IllegalArgumentException refused) {
      throw json.refused(place + ".segmentation", refused.getMessage());
    }
  }
}
