package dev.recal.graphs.detection;

import dev.recal.ops.Arguments;
import dev.recal.ops.detection.Conventions;
import dev.recal.ops.detection.DeltaCoding;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * The heads on regions: those of Mask R-CNN, or of one stage of a cascade.
 *
 * @param boxes classes and boxes
 * @param masks empty for detection without segmentation
 * @param overlap the intersection over union from which a region is an object's
 * @param deviations by which the four differences of boxes are divided
 * @param weight of the losses
 */
public record RegionStage(
    BoxHead boxes, Optional<MaskHead> masks, float overlap, List<Float> deviations, float weight) {

  /** Rejects numbers out of range, and other than four deviations. */
  public RegionStage {
    Objects.requireNonNull(boxes, "boxes");
    Objects.requireNonNull(masks, "masks");
    deviations = List.copyOf(deviations);
    Arguments.require(overlap > 0 && overlap < 1, "overlap", "between 0 and 1", overlap);
    Arguments.require(deviations.size() == 4, "deviations", "4 numbers", deviations.size());
    deviations.forEach(deviation -> Arguments.positive("deviations", deviation));
    Arguments.positive("weight", weight);
  }

  /** Boxes of two dense layers, no masks, an overlap of 0.5. */
  public static RegionStage defaults() {
    return of(BoxHead.defaults(), Optional.empty());
  }

  /** An overlap of 0.5, deviations of 0.1, 0.1, 0.2, 0.2, weight 1. */
  public static RegionStage of(BoxHead boxes, Optional<MaskHead> masks) {
    return new RegionStage(boxes, masks, 0.5f, List.of(0.1f, 0.1f, 0.2f, 0.2f), 1);
  }

  /**
   * The stages of Cascade R-CNN (Cai and Vasconcelos 2018, arXiv 1712.00726): overlaps of 0.5, 0.6
   * and 0.7, smaller deviations and weights, one box for all classes.
   *
   * @param boxes made class-agnostic
   * @param masks of each stage
   */
  public static List<RegionStage> cascade(BoxHead boxes, Optional<MaskHead> masks) {
    BoxHead shared = boxes.classAgnostic();
    return List.of(
        of(shared, masks),
        new RegionStage(shared, masks, 0.6f, List.of(0.05f, 0.05f, 0.1f, 0.1f), 0.5f),
        new RegionStage(shared, masks, 0.7f, List.of(0.033f, 0.033f, 0.067f, 0.067f), 0.25f));
  }

  /** Returns the coding of the boxes. */
  public DeltaCoding coding(Conventions conventions) {
    return new DeltaCoding(conventions, List.of(0f, 0f, 0f, 0f), deviations);
  }
}
