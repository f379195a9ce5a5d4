package dev.recal.graphs.detection.metrics;

import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Precision and recall of one category, from the matches of all images.
 *
 * @param precision for each range of areas, number of detections, threshold and recall point
 * @param recall for each range of areas, number of detections and threshold: of all detections
 */
record CategoryCurves(double[][][][] precision, double[][][] recall) {
  /** Stands for numbers of a category without objects. */
  static final double NONE = -1;

  // What the reference adds to the divisor, so that 0 / 0 is 0.
  private static final double EPSILON = Math.ulp(1.0);

  /**
   * Accumulates matches.
   *
   * @param images in the order of their ids, which decides between equal scores
   */
  static CategoryCurves of(CocoSettings settings, List<ImageMatches> images) {
    int areas = settings.areas().size();
    int counts = settings.maxDetections().size();
    int thresholds = settings.thresholds().size();
    double[] points = settings.recallPoints().stream().mapToDouble(p -> p).toArray();
    double[][][][] precision = new double[areas][counts][thresholds][points.length];
    double[][][] recall = new double[areas][counts][thresholds];
    Ranked ranked = Ranked.of(images);
    for (int area = 0; area < areas; area++) {
      int index = area;
      int positives = images.stream().mapToInt(image -> image.positives()[index]).sum();
      for (int threshold = 0; threshold < thresholds; threshold++) {
        byte[] verdicts = ranked.verdicts(images, area, threshold);
        for (int count = 0; count < counts; count++) {
          byte[] counted = ranked.first(verdicts, settings.maxDetections().get(count));
          recall[area][count][threshold] =
              curve(counted, positives, points, precision[area][count][threshold]);
        }
      }
    }
    return new CategoryCurves(precision, recall);
  }

  /** Fills in the precision at each point, and returns the recall of all detections. */
  private static double curve(byte[] verdicts, int positives, double[] points, double[] precision) {
    if (positives == 0) {
      Arrays.fill(precision, NONE);
      return NONE;
    }
    double[] recalls = new double[verdicts.length];
    double[] precisions = new double[verdicts.length];
    int correct = 0;
    int wrong = 0;
    for (int i = 0; i < verdicts.length; i++) {
      correct += verdicts[i] == ImageMatches.CORRECT ? 1 : 0;
      wrong += verdicts[i] == ImageMatches.WRONG ? 1 : 0;
      recalls[i] = (double) correct / positives;
      precisions[i] = correct / (wrong + correct + EPSILON);
    }
    for (int i = verdicts.length - 1; i > 0; i--) {
      precisions[i - 1] = Math.max(precisions[i - 1], precisions[i]);
    }
    int at = 0;
    for (int point = 0; point < points.length; point++) {
      while (at < verdicts.length && recalls[at] < points[point]) {
        at++;
      }
      precision[point] = at < verdicts.length ? precisions[at] : 0;
    }
    return verdicts.length == 0 ? 0 : recalls[verdicts.length - 1];
  }

  /**
   * All detections, by descending score and, where that is equal, in the order of the images.
   *
   * @param image index of each one's image
   * @param rank its index within the image
   */
  private record Ranked(int[] image, int[] rank) {
    static Ranked of(List<ImageMatches> images) {
      int total = images.stream().mapToInt(image -> image.scores().length).sum();
      int[] image = new int[total];
      int[] rank = new int[total];
      double[] score = new double[total];
      int filled = 0;
      for (int i = 0; i < images.size(); i++) {
        for (int j = 0; j < images.get(i).scores().length; j++) {
          image[filled] = i;
          rank[filled] = j;
          // Without a negative zero, which compare distinguishes.
          score[filled++] = 0.0 - images.get(i).scores()[j];
        }
      }
      int[] order =
          IntStream.range(0, total)
              .boxed()
              .sorted(Comparator.comparingDouble(i -> score[i]))
              .mapToInt(i -> i)
              .toArray();
      return new Ranked(
          IntStream.of(order).map(i -> image[i]).toArray(),
          IntStream.of(order).map(i -> rank[i]).toArray());
    }

    byte[] verdicts(List<ImageMatches> images, int area, int threshold) {
      byte[][] ofImage = new byte[images.size()][];
      Arrays.setAll(ofImage, i -> images.get(i).verdicts()[area][threshold]);
      byte[] verdicts = new byte[image.length];
      for (int i = 0; i < verdicts.length; i++) {
        verdicts[i] = ofImage[image[i]][rank[i]];
      }
      return verdicts;
    }

    /** Those of each image's detections with the greatest scores. */
    byte[] first(byte[] verdicts, int maxDetections) {
      byte[] first = new byte[verdicts.length];
      int count = 0;
      for (int i = 0; i < verdicts.length; i++) {
        if (rank[i] < maxDetections) {
          first[count++] = verdicts[i];
        }
      }
      return Arrays.copyOf(first, count);
    }
  }
}
