package dev.recal.graphs.detection;

import dev.recal.ops.Arguments;
import dev.recal.ops.detection.BoxSet;
import dev.recal.ops.detection.ClassWiseNms;
import dev.recal.ops.detection.Conventions;
import dev.recal.ops.detection.DeltaCoding;
import dev.recal.ops.detection.Pyramid;
import dev.recal.ops.detection.Suppression;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Gather;
import org.tensorflow.op.core.Squeeze;
import org.tensorflow.op.nn.TopK;
import org.tensorflow.types.TBool;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/**
 * Which of the boxes of a proposal head become regions (Ren et al. 2015; for pyramids, Lin et al.
 * 2017): in each level those with the best scores are decoded and clipped to their image,
 * duplicates are suppressed, and the best of all levels remain.
 *
 * <p>All outputs have a static size if the number of images has; missing boxes are padding. Boxes
 * that have no area after clipping: with {@link Conventions#LEGACY} there are none, since its
 * widths are at least 1; {@link Conventions#PLAIN} drops them; {@link Conventions#TORCHVISION}
 * drops those with a side below 0.001 pixels.
 *
 * @param perLevel boxes of a level before suppression at most
 * @param kept boxes of a level after suppression at most
 * @param total boxes of all levels at most, and the size of the outputs
 * @param overlap of duplicates, from 0 to 1
 */
public record ProposalSelection(int perLevel, int kept, int total, float overlap) {

  private static final float OVERLAP = 0.7f;
  private static final float SMALLEST_OF_TORCHVISION = 1e-3f;

  /** Rejects counts below 1 and overlaps outside [0, 1]. */
  public ProposalSelection {
    Arguments.atLeast(1, "perLevel", perLevel);
    Arguments.atLeast(1, "kept", kept);
    Arguments.atLeast(1, "total", total);
    Arguments.require(overlap >= 0 && overlap <= 1, "overlap", "from 0 to 1", overlap);
  }

  /**
   * Returns the selection for training: 2,000 of each level and of all; 1,000 after suppression
   * with {@link Conventions#PLAIN}.
   */
  public static ProposalSelection training(Conventions conventions) {
    int after = conventions == Conventions.PLAIN ? 1000 : 2000;
    return new ProposalSelection(2000, after, after, OVERLAP);
  }

  /** Returns the selection for inference: 1,000 of each level and of all, with any conventions. */
  public static ProposalSelection inference(Conventions conventions) {
    Objects.requireNonNull(conventions, "conventions");
    return new ProposalSelection(1000, 1000, 1000, OVERLAP);
  }

  /** Selects with {@link Suppression#BATCHED}. */
  public Proposals build(
      Ops tf,
      MaskRcnn detector,
      Pyramid pyramid,
      List<AnchorOutput> outputs,
      Operand<TFloat32> sizes) {
    return build(tf, detector, pyramid, outputs, sizes, Suppression.BATCHED);
  }

  /**
   * Selects regions.
   *
   * @param pyramid the maps of the outputs
   * @param outputs of each level; see {@link MaskRcnn#anchorOutputs}
   * @param sizes (N, 2): height and width of each image without its padding
   * @param form of the suppression
   */
  public Proposals build(
      Ops tf,
      MaskRcnn detector,
      Pyramid pyramid,
      List<AnchorOutput> outputs,
      Operand<TFloat32> sizes,
      Suppression form) {
    Arguments.require(
        outputs.size() == pyramid.levels(),
        "outputs",
        "one for each of " + pyramid.levels() + " levels",
        outputs.size());
    Conventions conventions = detector.conventions();
    ClassWiseNms nms = new ClassWiseNms(conventions, overlap, Float.NEGATIVE_INFINITY, kept);
    List<Operand<TFloat32>> anchors = detector.anchors(tf, pyramid);
    List<Operand<TFloat32>> boxes = new ArrayList<>();
    List<Operand<TFloat32>> scores = new ArrayList<>();
    for (int level = 0; level < outputs.size(); level++) {
      Candidates candidates =
          candidates(tf, conventions, anchors.get(level), outputs.get(level), sizes);
      Suppression.Kept found =
          form.build(
              tf,
              nms,
              tf.expandDims(candidates.boxes(), tf.constant(2)),
              tf.expandDims(candidates.scores(), tf.constant(2)));
      boxes.add(found.boxes().boxes());
      // Padding is behind every score.
      scores.add(
          tf.select(found.boxes().included().orElseThrow(), found.scores(), tf.constant(-1f)));
    }
    return best(tf, tf.concat(boxes, tf.constant(1)), tf.concat(scores, tf.constant(1)));
  }

  private record Candidates(Operand<TFloat32> boxes, Operand<TFloat32> scores) {}

  private Candidates candidates(
      Ops tf,
      Conventions conventions,
      Operand<TFloat32> anchors,
      AnchorOutput output,
      Operand<TFloat32> sizes) {
    Operand<TFloat32> logits =
        tf.squeeze(tf.stopGradient(output.logits()), Squeeze.axis(List.of(2L)));
    TopK<TFloat32, TInt32> top = tf.nn.topK(logits, limited(tf, logits), new TopK.Options[0]);
    Operand<TFloat32> deltas =
        tf.gather(
            tf.stopGradient(output.deltas()), top.indices(), tf.constant(1), Gather.batchDims(1L));
    Operand<TFloat32> decoded =
        DeltaCoding.unscaled(conventions)
            .decode(tf, tf.gather(anchors, top.indices(), tf.constant(0)), deltas);
    Operand<TFloat32> boxes = conventions.clip(tf, decoded, tf.expandDims(sizes, tf.constant(1)));
    Operand<TFloat32> scores = tf.math.sigmoid(top.values());
    return new Candidates(
        boxes,
        conventions == Conventions.LEGACY
            ? scores
            : tf.select(
                large(tf, conventions, boxes), scores, tf.constant(Float.NEGATIVE_INFINITY)));
  }

  private static Operand<TBool> large(Ops tf, Conventions conventions, Operand<TFloat32> boxes) {
    Operand<TFloat32> side =
        tf.math.minimum(conventions.widths(tf, boxes), conventions.heights(tf, boxes));
    return conventions == Conventions.TORCHVISION
        ? tf.math.greaterEqual(side, tf.constant(SMALLEST_OF_TORCHVISION))
        : tf.math.greater(side, tf.constant(0f));
  }

  // The number of anchors, or the limit if that is smaller.
  private Operand<TInt32> limited(Ops tf, Operand<TFloat32> logits) {
    long anchors = logits.shape().get(1);
    Operand<TInt32> limit = tf.constant(perLevel);
    if (anchors == Shape.UNKNOWN_SIZE) {
      Operand<TInt32> found = tf.gather(tf.shape(logits), tf.constant(1), tf.constant(0));
      return tf.math.minimum(limit, found);
    }
    return tf.constant((int) Math.min(anchors, perLevel));
  }

  private Proposals best(Ops tf, Operand<TFloat32> boxes, Operand<TFloat32> scores) {
    int missing = total - Math.toIntExact(scores.shape().get(1));
    Operand<TFloat32> enough = scores;
    Operand<TFloat32> enoughBoxes = boxes;
    if (missing > 0) {
      int[][] after = {{0, 0}, {0, missing}};
      int[][] boxesAfter = {{0, 0}, {0, missing}, {0, 0}};
      enough = tf.pad(scores, tf.constant(after), tf.constant(-1f));
      enoughBoxes = tf.pad(boxes, tf.constant(boxesAfter), tf.constant(0f));
    }
    TopK<TFloat32, TInt32> top = tf.nn.topK(enough, tf.constant(total), new TopK.Options[0]);
    Operand<TFloat32> found =
        tf.gather(enoughBoxes, top.indices(), tf.constant(1), Gather.batchDims(1L));
    Operand<TBool> included = tf.math.greaterEqual(top.values(), tf.constant(0f));
    return new Proposals(
        BoxSet.of(found, included), tf.math.maximum(top.values(), tf.constant(0f)));
  }
}
