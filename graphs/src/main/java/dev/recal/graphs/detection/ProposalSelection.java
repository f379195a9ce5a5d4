package dev.recal.graphs.detection;

import dev.recal.ops.Arguments;
import dev.recal.ops.detection.BoxSet;
import dev.recal.ops.detection.ClassWiseNms;
import dev.recal.ops.detection.Conventions;
import dev.recal.ops.detection.Pyramid;
import dev.recal.ops.detection.Suppression;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
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
      LevelBest best =
          LevelBest.of(tf, conventions, perLevel, anchors.get(level), outputs.get(level), sizes);
      Suppression.Kept found =
          form.build(
              tf,
              nms,
              tf.expandDims(best.boxes(), tf.constant(2)),
              tf.expandDims(large(tf, conventions, best), tf.constant(2)));
      boxes.add(found.boxes().boxes());
      // Padding is behind every score.
      scores.add(
          tf.select(found.boxes().included().orElseThrow(), found.scores(), tf.constant(-1f)));
    }
    return best(tf, tf.concat(boxes, tf.constant(1)), tf.concat(scores, tf.constant(1)));
  }

  // The scores; −∞ for boxes that are dropped.
  private static Operand<TFloat32> large(Ops tf, Conventions conventions, LevelBest best) {
    return switch (conventions) {
      case LEGACY -> best.scores();
      case PLAIN ->
          SmallBoxes.dropped(tf, conventions, best.boxes(), best.scores(), Float.MIN_NORMAL);
      case TORCHVISION ->
          SmallBoxes.dropped(tf, conventions, best.boxes(), best.scores(), SMALLEST_OF_TORCHVISION);
    };
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
    Operand<TFloat32> found = ListRows.gather(tf, enoughBoxes, top.indices());
    Operand<TBool> included = tf.math.greaterEqual(top.values(), tf.constant(0f));
    return new Proposals(
        BoxSet.of(found, included), tf.math.maximum(top.values(), tf.constant(0f)));
  }
}
