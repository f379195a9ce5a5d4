package dev.recal.graphs.detection;

import dev.recal.ops.Arguments;
import dev.recal.ops.detection.ClassWiseNms;
import dev.recal.ops.detection.Conventions;
import dev.recal.ops.detection.Suppression;

/**
 * What counts as a detection, and with which operations it is computed.
 *
 * @param minimumScore detections are dropped unless their probability is above it
 * @param overlap from which two boxes of a class are duplicates, from 0 to 1
 * @param maximum detections of an image at most, and the size of the outputs
 * @param candidates boxes of each level before suppression at most, by score; of a {@link MaskRcnn}
 *     also the number of proposals of all levels
 * @param lite whether only operations are used that TensorFlow Lite has without TensorFlow's: then
 *     the number of images must be static, and regions are gathered, see {@link
 *     dev.recal.ops.detection.RoiAlign}. The results are equal up to rounding
 */
public record InferenceSettings(
    float minimumScore, float overlap, int maximum, int candidates, boolean lite) {

  /** Rejects numbers out of range. */
  public InferenceSettings {
    Arguments.require(
        minimumScore >= 0 && minimumScore < 1,
        "minimumScore",
        "at least 0 and below 1",
        minimumScore);
    Arguments.require(overlap >= 0 && overlap <= 1, "overlap", "from 0 to 1", overlap);
    Arguments.atLeast(1, "maximum", maximum);
    Arguments.atLeast(1, "candidates", candidates);
  }

  /** A score of 0.05, an overlap of 0.5, 100 detections of 1,000 candidates. */
  public static InferenceSettings defaults() {
    return new InferenceSettings(0.05f, 0.5f, 100, 1000, false);
  }

  /** Returns a copy with the operations of TensorFlow Lite only. */
  public InferenceSettings forLite() {
    return new InferenceSettings(minimumScore, overlap, maximum, candidates, true);
  }

  ProposalSelection proposals() {
    float duplicates = ProposalSelection.inference(Conventions.PLAIN).overlap();
    return new ProposalSelection(candidates, candidates, candidates, duplicates);
  }

  Suppression suppression() {
    return lite ? Suppression.PER_IMAGE : Suppression.BATCHED;
  }

  ClassWiseNms nms(Conventions conventions) {
    return new ClassWiseNms(conventions, overlap, minimumScore, maximum);
  }
}
