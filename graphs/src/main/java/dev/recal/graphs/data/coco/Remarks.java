package dev.recal.graphs.data.coco;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Counts what is unusual in files of annotations, and remembers the first of each kind. */
public final class Remarks {
  private final Map<String, Remark> remarks = new LinkedHashMap<>();

  private record Remark(long count, String first) {}

  /**
   * Counts one.
   *
   * @param kind what it is, in the plural
   * @param example the place of this one
   */
  public void add(String kind, String example) {
    add(kind, 1, example);
  }

  void add(String kind, int count, String example) {
    remarks.merge(
        kind,
        new Remark(count, example),
        (old, more) -> new Remark(old.count + more.count, old.first));
  }

  /** Notes boxes without area, and those that have no part in the image. */
  void check(String kind, String place, CocoBox box, CocoAnnotations.Image image) {
    if (box.area() == 0) {
      add(kind + " with an empty box", place);
    } else if (box.x() >= image.width()
        || box.y() >= image.height()
        || box.x() + box.width() <= 0
        || box.y() + box.height() <= 0) {
      add(kind + " with a box outside of their image", place);
    }
  }

  /** Returns a sentence about each kind, in the order of the first ones. */
  public List<String> sentences() {
    return remarks.entrySet().stream()
        .map(
            entry ->
                entry.getKey()
                    + ": "
                    + entry.getValue().count
                    + "; the first is "
                    + entry.getValue().first
                    + ".")
        .toList();
  }
}
