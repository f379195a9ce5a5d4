package dev.recal.graphs.data.coco;

import dev.recal.graphs.data.targets.Mask;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The contents of a file of detections in COCO's format of results.
 *
 * @param detections in the file's order
 * @param remarks sentences about what is unusual: detections that were left out because the
 *     annotations do not list their category, empty boxes, boxes outside of their image
 */
public record CocoDetections(List<Detection> detections, List<String> remarks) {

  /** Copies the lists. */
  public CocoDetections {
    detections = List.copyOf(detections);
    remarks = List.copyOf(remarks);
  }

  /**
   * Reads a file, without holding it in memory.
   *
   * @param file a list of objects with {@code image_id}, {@code category_id}, {@code score}, and
   *     {@code bbox} or {@code segmentation} or both; a missing box is that around the mask
   * @param annotations of the images
   * @param masks whether each {@code segmentation} becomes a mask, and is required
   * @throws IOException if the file cannot be read, is not JSON, has detections of images that the
   *     annotations do not list, lacks a needed member, or has a segmentation that is damaged or
   *     made for an image of another size; the message names the file and the place
   */
  public static CocoDetections read(Path file, CocoAnnotations annotations, boolean masks)
      throws IOException {
    Map<Long, CocoAnnotations.Image> images = new HashMap<>();
    annotations.images().forEach(image -> images.put(image.id(), image));
    Set<Long> categories = new HashSet<>();
    annotations.categories().forEach(category -> categories.add((long) category.id()));
    List<Detection> detections = new ArrayList<>();
    Remarks remarks = new Remarks();
    StreamedJson.read(
        file,
        json ->
            json.list(
                i -> {
                  String place = Integer.toString(i);
                  CocoEntry entry = CocoEntry.read(json);
                  CocoAnnotations.Image image = image(json, place, entry, images);
                  long category =
                      AnnotationReader.required(json, place, "category_id", entry.category());
                  if (categories.contains(category)) {
                    Detection detection = detection(json, place, entry, image, masks);
                    remarks.check("detections", place, detection.box(), image);
                    detections.add(detection);
                  } else {
                    remarks.add(
                        "detections of unlisted categories, left out",
                        place + " (category " + category + ")");
                  }
                }));
    return new CocoDetections(detections, remarks.sentences());
  }

  private static CocoAnnotations.Image image(
      StreamedJson json, String place, CocoEntry entry, Map<Long, CocoAnnotations.Image> images)
      throws IOException {
    long id = AnnotationReader.required(json, place, "image_id", entry.image());
    CocoAnnotations.Image image = images.get(id);
    if (image == null) {
      throw json.refused(
          place + ".image_id",
          ("expected an image that the annotations list, but got " + id)
              + "; are these detections of other images?");
    }
    return image;
  }

  private static Detection detection(
      StreamedJson json, String place, CocoEntry entry, CocoAnnotations.Image image, boolean masks)
      throws IOException {
    Optional<Mask> mask = Optional.empty();
    if (masks || entry.box() == null) {
      Segmentation found =
          AnnotationReader.required(
              json, place, masks ? "segmentation" : "bbox", entry.segmentation());
      mask = Optional.of(AnnotationReader.mask(json, place, found, image));
    }
    CocoBox box =
        entry.box() != null
            ? AnnotationReader.box(json, place, entry.box())
            : around(mask.orElseThrow());
    double score = AnnotationReader.required(json, place, "score", entry.score());
    int category = entry.category().intValue();
    return new Detection(image.id(), category, score, box, masks ? mask : Optional.empty());
  }

  private static CocoBox around(Mask mask) {
    return mask.box()
        .map(
            box ->
                new CocoBox(
                    box.left(), box.top(), box.right() - box.left(), box.bottom() - box.top()))
        .orElse(new CocoBox(0, 0, 0, 0));
  }
}
