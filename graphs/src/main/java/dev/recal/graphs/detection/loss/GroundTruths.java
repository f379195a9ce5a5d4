package dev.recal.graphs.detection.loss;

import dev.recal.graphs.data.targets.TargetBatch;
import dev.recal.ops.detection.BoxSet;
import dev.recal.ops.detection.Conventions;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TBool;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.TUint8;
import org.tensorflow.types.family.TType;

/**
 * The objects of a batch of images, in G places for each image.
 *
 * @param boxes (N, G, 4); those that are not included are padding or crowds, and not used
 * @param labels class indices from 0, (N, G); any number where nothing is included
 * @param masks 1 on the object, (N, G, H, W); empty if there are none
 * @param sizes height and width of each image without its padding, (N, 2)
 */
public record GroundTruths(
    BoxSet boxes,
    Operand<TInt32> labels,
    Optional<Operand<TUint8>> masks,
    Operand<TFloat32> sizes) {

  /** Rejects missing values, and boxes of which it is not known whether they are included. */
  public GroundTruths {
    Objects.requireNonNull(labels, "labels");
    Objects.requireNonNull(masks, "masks");
    Objects.requireNonNull(sizes, "sizes");
    boxes.included().orElseThrow();
  }

  /**
   * Takes the objects of a pipeline, in as many places as the fullest image of the batch needs.
   * Crowds are set aside.
   *
   * @param conventions of the boxes; with inclusive ones a box ends at its last pixel
   * @param sizes height and width of each image without its padding, (N, 2)
   */
  public static GroundTruths of(
      Ops tf, Conventions conventions, TargetBatch.Objects objects, Operand<TFloat32> sizes) {
    Operand<TInt32> fullest =
        tf.math.maximum(tf.constant(1), tf.max(objects.counts(), tf.constant(0)));
    Operand<TFloat32> edges = first(tf, objects.boxes(), fullest);
    Operand<TFloat32> corners = tf.gather(edges, tf.constant(new int[] {1, 0, 3, 2}), last(tf));
    float extra = conventions.inclusive() ? 1 : 0;
    Operand<TFloat32> boxes = tf.math.sub(corners, tf.constant(new float[] {0, 0, extra, extra}));
    Operand<TBool> present = BoxSet.first(tf, boxes, objects.counts()).included().orElseThrow();
    Operand<TBool> used =
        tf.math.logicalAnd(present, tf.math.logicalNot(first(tf, objects.crowds(), fullest)));
    return new GroundTruths(
        BoxSet.of(boxes, used),
        first(tf, objects.labels(), fullest),
        objects.masks().map(masks -> first(tf, masks, fullest)),
        sizes);
  }

  /** Returns which places hold an object to learn from, (N, G). */
  public Operand<TBool> included() {
    return boxes.included().orElseThrow();
  }

  private static Operand<TInt32> last(Ops tf) {
    return tf.constant(-1);
  }

  // The first places of the second dimension.
  private static <T extends TType> Operand<T> first(
      Ops tf, Operand<T> values, Operand<TInt32> places) {
    Shape shape = values.shape();
    int rank = shape.numDimensions();
    int[] all = new int[rank - 2];
    Arrays.fill(all, -1);
    Operand<TInt32> size =
        tf.concat(
            List.of(
                tf.constant(new int[] {-1}),
                tf.expandDims(places, tf.constant(0)),
                tf.constant(all)),
            tf.constant(0));
    Operand<T> slice = tf.slice(values, tf.constant(new int[rank]), size);
    long[] sizes = shape.asArray();
    sizes[1] = Shape.UNKNOWN_SIZE;
    return tf.ensureShape(slice, Shape.of(sizes));
  }
}
