package dev.recal.graphs.detection.metrics;

/**
 * How the detections of one category match in one image.
 *
 * @param image the image's id
 * @param positives for each range of areas, the number of objects to be found
 * @param scores of the detections, descending
 * @param verdicts for each range of areas, then each threshold, then each detection
 */
record ImageMatches(long image, int[] positives, double[] scores, byte[][][] verdicts) {
  /** The detection matches no object. */
  static final byte WRONG = 0;

  /** The detection matches an object. */
  static final byte CORRECT = 1;

  /** The detection does not count. */
  static final byte IGNORED = 2;
}
