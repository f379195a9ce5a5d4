package dev.recal.graphs.data.coco;

import dev.recal.graphs.data.targets.Mask;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Annotations as an evaluation needs them: all of them, and none that is damaged. */
final class EvaluatedObjects implements AnnotationReader.Entries {
  private final List<GroundTruth> objects = new ArrayList<>();
  private final Remarks remarks;
  private final boolean masks;

  EvaluatedObjects(Remarks remarks, boolean masks) {
    this.remarks = remarks;
    this.masks = masks;
  }

  /** In the file's order. */
  List<GroundTruth> objects() {
    return objects;
  }

  @Override
  public void add(StreamedJson json, String place, CocoEntry entry, CocoAnnotations.Image image)
      throws IOException {
    double[] numbers = AnnotationReader.required(json, place, "bbox", entry.box());
    CocoBox box = AnnotationReader.box(json, place, numbers);
    double area = AnnotationReader.required(json, place, "area", entry.area());
    if (area < 0) {
      throw json.expected(place + ".area", "a number of 0 or more", Double.toString(area));
    }
    remarks.check("annotations", place, box, image);
    Optional<Mask> mask = Optional.empty();
    if (masks) {
      Segmentation found =
          AnnotationReader.required(json, place, "segmentation", entry.segmentation());
      mask = Optional.of(AnnotationReader.mask(json, place, found, image));
    }
    int category = entry.category().intValue();
    objects.add(
        new GroundTruth(image.id(), category, box, area, entry.crowd(), entry.ignore(), mask));
  }
}
