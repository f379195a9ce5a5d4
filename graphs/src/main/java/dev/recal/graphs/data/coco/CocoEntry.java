package dev.recal.graphs.data.coco;

import java.io.IOException;

/**
 * An annotation or a detection as its file has it. Members that are absent are null, or false.
 *
 * @param id of an annotation
 * @param image id of the image
 * @param category id of the category
 * @param box x, y, width and height, as written
 * @param area in square pixels
 * @param score of a detection
 * @param crowd the member {@code iscrowd}
 * @param ignore the member {@code ignore}
 * @param segmentation as written
 */
record CocoEntry(
    Long id,
    Long image,
    Long category,
    double[] box,
    Double area,
    Double score,
    boolean crowd,
    boolean ignore,
    Segmentation segmentation) {

  static CocoEntry read(StreamedJson json) throws IOException {
    Builder entry = new Builder();
    json.object(name -> entry.read(json, name));
    return new CocoEntry(
        entry.id,
        entry.image,
        entry.category,
        entry.box,
        entry.area,
        entry.score,
        entry.crowd,
        entry.ignore,
        entry.segmentation);
  }

  private static final class Builder {
    private Long id;
    private Long image;
    private Long category;
    private double[] box;
    private Double area;
    private Double score;
    private boolean crowd;
    private boolean ignore;
    private Segmentation segmentation;

    boolean read(StreamedJson json, String name) throws IOException {
      switch (name) {
        case "id" -> id = id(json);
        case "image_id" -> image = id(json);
        case "category_id" -> category = id(json);
        case "bbox" -> box = box(json);
        case "area" -> area = json.number();
        case "score" -> score = json.number();
        case "iscrowd" -> crowd = json.flag();
        case "ignore" -> ignore = json.flag();
        case "segmentation" -> segmentation = Segmentation.read(json);
        default -> {
          return false;
        }
      }
      return true;
    }

    private static long id(StreamedJson json) throws IOException {
      return json.integer(Long.MIN_VALUE, Long.MAX_VALUE);
    }

    private static double[] box(StreamedJson json) throws IOException {
      double[] numbers = json.numbers();
      if (numbers.length != 4) {
        throw json.expected(
            json.lastPlace(), "x, y, width and height", numbers.length + " numbers");
      }
      return numbers;
    }
  }
}
