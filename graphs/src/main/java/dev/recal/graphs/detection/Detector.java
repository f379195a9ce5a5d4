package dev.recal.graphs.detection;

import dev.recal.graphs.network.Network;
import dev.recal.ops.BuildContext;
import dev.recal.ops.detection.AnchorGrid;
import dev.recal.ops.detection.Conventions;
import dev.recal.ops.detection.Pyramid;
import java.util.ArrayList;
import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * A detector, as a record of its settings: a classification network as backbone, a feature pyramid
 * and heads. It owns no variables.
 *
 * <p>Scopes: {@code backbone}, {@code fpn} and those of the heads.
 */
public sealed interface Detector permits MaskRcnn, RetinaNet {

  /** Returns what coordinates of boxes mean, and the form of anchors. */
  Conventions conventions();

  /** Returns the number of classes without background. */
  int classes();

  /** Returns the same detector for another number of classes. */
  Detector withClasses(int count);

  /** Returns the classification network, of which only the stages are used. */
  Network backbone();

  /** Returns the feature pyramid. */
  FeaturePyramid pyramid();

  /** Returns the anchors of a level by its stride. */
  AnchorGrid anchors(int stride);

  /**
   * Adds the heads on anchors to each level.
   *
   * @param context of the whole detector
   * @param pyramid all levels, the finest first
   */
  List<AnchorOutput> anchorOutputs(BuildContext context, Pyramid pyramid);

  /**
   * Adds the backbone and the feature pyramid.
   *
   * @param context of the whole detector
   * @param images (N, H, W, 3), red, green, blue, from 0 to 1
   * @return all levels, the finest first
   * @throws IllegalArgumentException if {@code images} has another shape, or the backbone lacks a
   *     stage
   */
  default Pyramid features(BuildContext context, Operand<TFloat32> images) {
    return pyramid().build(context.at("fpn"), backbone().stages(context.at("backbone"), images));
  }

  /**
   * Returns the anchors of each level.
   *
   * @return for each level (anchors, 4), in the order of {@link AnchorOutput}
   */
  default List<Operand<TFloat32>> anchors(Ops tf, Pyramid pyramid) {
    List<Operand<TFloat32>> levels = new ArrayList<>();
    for (int i = 0; i < pyramid.levels(); i++) {
      levels.add(anchors(pyramid.strides().get(i)).build(tf, pyramid, i));
    }
    return levels;
  }

  /** Returns the number of anchors of a cell, which all levels share. */
  default int anchorsPerCell() {
    return anchors(pyramid().finest()).perCell();
  }
}
