package dev.recal.graphs.detection.metrics;

import dev.recal.graphs.data.coco.Detection;
import dev.recal.graphs.data.coco.GroundTruth;
import dev.recal.graphs.data.targets.Mask;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/** Matches the detections of one image and one category with its objects, greedily by score. */
final class ImageMatcher {
  // As in the reference: an IoU of 1 may be computed a little below 1.
  private static final double MAX_THRESHOLD = 1 - 1e-10;

  private final CocoSettings settings;
  private final Region region;
  private final List<GroundTruth> objects;
  private final List<Detection> detections;
  private final double[][] iou;

  private ImageMatcher(
      CocoSettings settings, Region region, List<GroundTruth> objects, List<Detection> detections) {
    this.settings = settings;
    this.region = region;
    this.objects = objects;
    // A stable sort. Subtracted, not negated: compare distinguishes a negative zero.
    this.detections =
        detections.stream()
            .sorted(Comparator.comparingDouble(detection -> 0.0 - detection.score()))
            .limit(settings.maxDetections().get(settings.maxDetections().size() - 1))
            .toList();
    iou = this.detections.stream().map(this::overlaps).toArray(double[][]::new);
  }

  static ImageMatches match(
      CocoSettings settings,
      Region region,
      long image,
      List<GroundTruth> objects,
      List<Detection> detections) {
    ImageMatcher matcher = new ImageMatcher(settings, region, objects, detections);
    int areas = settings.areas().size();
    int[] positives = new int[areas];
    byte[][][] verdicts = new byte[areas][][];
    for (int area = 0; area < areas; area++) {
      verdicts[area] = matcher.verdicts(settings.areas().get(area), positives, area);
    }
    double[] scores = matcher.detections.stream().mapToDouble(Detection::score).toArray();
    return new ImageMatches(image, positives, scores, verdicts);
  }

  private double[] overlaps(Detection detection) {
    return objects.stream().mapToDouble(object -> overlap(detection, object)).toArray();
  }

  private double overlap(Detection detection, GroundTruth object) {
    return region == Region.BOXES
        ? detection.box().iou(object.box(), object.crowd())
        : mask(detection.mask(), "detection", detection.image())
            .iou(mask(object.mask(), "object", object.image()), object.crowd());
  }

  private static Mask mask(Optional<Mask> mask, String owner, long image) {
    return mask.orElseThrow(
        () ->
            new IllegalArgumentException(
                ("masks: expected a mask for each " + owner + ", but one of image " + image)
                    + " has none."));
  }

  private byte[][] verdicts(CocoSettings.AreaRange area, int[] positives, int index) {
    boolean[] ignored = new boolean[objects.size()];
    for (int i = 0; i < ignored.length; i++) {
      GroundTruth object = objects.get(i);
      ignored[i] =
          object.crowd()
              || settings.ignoreFlags() && object.ignore()
              || !area.contains(object.area());
      positives[index] += ignored[i] ? 0 : 1;
    }
    int[] order =
        IntStream.concat(
                IntStream.range(0, ignored.length).filter(i -> !ignored[i]),
                IntStream.range(0, ignored.length).filter(i -> ignored[i]))
            .toArray();
    boolean[] outside = new boolean[detections.size()];
    for (int i = 0; i < outside.length; i++) {
      outside[i] = !area.contains(area(detections.get(i)));
    }
    byte[][] verdicts = new byte[settings.thresholds().size()][];
    for (int i = 0; i < verdicts.length; i++) {
      verdicts[i] = verdicts(settings.thresholds().get(i), order, ignored, outside);
    }
    return verdicts;
  }

  private double area(Detection detection) {
    return region == Region.BOXES
        ? detection.box().area()
        : mask(detection.mask(), "detection", detection.image()).area();
  }

  private byte[] verdicts(double threshold, int[] order, boolean[] ignored, boolean[] outside) {
    byte[] verdicts = new byte[detections.size()];
    boolean[] taken = new boolean[ignored.length];
    for (int i = 0; i < verdicts.length; i++) {
      int match = match(iou[i], Math.min(threshold, MAX_THRESHOLD), order, ignored, taken);
      boolean correct = match >= 0 && !ignored[match];
      boolean uncounted = match >= 0 ? ignored[match] : outside[i];
      verdicts[i] =
          correct ? ImageMatches.CORRECT : uncounted ? ImageMatches.IGNORED : ImageMatches.WRONG;
      if (match >= 0) {
        taken[match] = true;
      }
    }
    return verdicts;
  }

  // The object of the greatest IoU, the last of equal ones; ignored objects only if no other fits.
  private int match(
      double[] overlaps, double threshold, int[] order, boolean[] ignored, boolean[] taken) {
    int match = -1;
    double best = threshold;
    for (int object : order) {
      if (match >= 0 && !ignored[match] && ignored[object]) {
        break;
      }
      boolean free = !taken[object] || objects.get(object).crowd();
      if (free && overlaps[object] >= best) {
        best = overlaps[object];
        match = object;
      }
    }
    return match;
  }
}
