package dev.recal.graphs.detection;

import dev.recal.ops.Shapes;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/**
 * What a head predicts for the anchors of one level. The order of anchors is row, column, anchor of
 * the cell, as in {@link dev.recal.ops.detection.AnchorGrid}.
 *
 * @param logits (N, anchors, classes); of region proposals (N, anchors, 1)
 * @param deltas (N, anchors, 4); see {@link dev.recal.ops.detection.DeltaCoding}
 */
public record AnchorOutput(Operand<TFloat32> logits, Operand<TFloat32> deltas) {

  /** Rejects missing values. */
  public AnchorOutput {
    Objects.requireNonNull(logits, "logits");
    Objects.requireNonNull(deltas, "deltas");
  }

  /** Returns the outputs of all levels as one, in their order. */
  public static AnchorOutput joined(Ops tf, List<AnchorOutput> levels) {
    List<Operand<TFloat32>> logits = new ArrayList<>();
    List<Operand<TFloat32>> deltas = new ArrayList<>();
    for (AnchorOutput level : levels) {
      logits.add(level.logits());
      deltas.add(level.deltas());
    }
    Operand<TInt32> anchors = tf.constant(1);
    return new AnchorOutput(tf.concat(logits, anchors), tf.concat(deltas, anchors));
  }

  /**
   * Splits the channels of a map by anchors.
   *
   * @param map (N, H, W, anchors of a cell · values)
   * @return (N, H · W · anchors of a cell, values)
   */
  static Operand<TFloat32> byAnchor(Ops tf, Operand<TFloat32> map, int values) {
    if (Shapes.hasStaticSize(map)) {
      int pixels = Math.multiplyExact(Shapes.height(map), Shapes.width(map));
      int anchors = Math.multiplyExact(pixels, Shapes.channels(map) / values);
      return tf.reshape(map, tf.constant(new int[] {-1, anchors, values}));
    }
    Operand<TInt32> images =
        tf.slice(tf.shape(map), tf.constant(new int[] {0}), tf.constant(new int[] {1}));
    return tf.reshape(
        map, tf.concat(List.of(images, tf.constant(new int[] {-1, values})), tf.constant(0)));
  }
}
