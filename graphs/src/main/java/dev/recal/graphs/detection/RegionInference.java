package dev.recal.graphs.detection;

import dev.recal.ops.BuildContext;
import dev.recal.ops.detection.Conventions;
import dev.recal.ops.detection.Pyramid;
import dev.recal.ops.detection.Suppression;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TBool;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.family.TType;

/**
 * The detections of a detector of two stages, or of a cascade.
 *
 * <p>He et al. 2017 (arXiv 1703.06870): a box for each class of each proposal, suppression of
 * duplicates within each class, masks of what remains. Of a cascade (Cai and Vasconcelos 2018,
 * arXiv 1712.00726) the regions of a stage are the boxes of the one before; the class logits are
 * averaged, the boxes are those of the last stage, and the probabilities of the masks are averaged.
 *
 * <p>With {@link Conventions#TORCHVISION} boxes with a side below 0.01 pixels are dropped.
 */
record RegionInference(MaskRcnn detector, InferenceSettings settings) {

  private static final float SMALLEST_OF_TORCHVISION = 1e-2f;

  /** Boxes of all images as one list, and back. */
  private record Batch(int images, int ofEach) {

    static Batch of(Operand<?> lists) {
      return new Batch(
          Math.toIntExact(Math.max(-1, lists.shape().get(0))),
          Math.toIntExact(lists.shape().get(1)));
    }

    <T extends TType> Operand<T> list(Ops tf, Operand<T> values, int... inner) {
      int rows = images < 0 ? -1 : Math.multiplyExact(images, ofEach);
      return tf.reshape(values, tf.constant(shape(new int[] {rows}, inner)));
    }

    <T extends TType> Operand<T> split(Ops tf, Operand<T> list, int... inner) {
      return tf.reshape(list, tf.constant(shape(new int[] {images, ofEach}, inner)));
    }

    /** Returns the index of each box's image. */
    Operand<TInt32> imageOfEach(Ops tf, Operand<?> lists) {
      Operand<TInt32> size =
          tf.slice(tf.shape(lists), tf.constant(new int[] {0}), tf.constant(new int[] {2}));
      Operand<TInt32> count = tf.gather(size, tf.constant(0), tf.constant(0));
      Operand<TInt32> indices =
          tf.expandDims(tf.range(tf.constant(0), count, tf.constant(1)), tf.constant(1));
      return list(tf, tf.broadcastTo(indices, size));
    }

    private static int[] shape(int[] outer, int[] inner) {
      int[] shape = Arrays.copyOf(outer, outer.length + inner.length);
      System.arraycopy(inner, 0, shape, outer.length, inner.length);
      return shape;
    }
  }

  /**
   * Adds the heads.
   *
   * @param context of the whole detector
   */
  Detections build(
      BuildContext context, Pyramid pyramid, Proposals proposals, Operand<TFloat32> sizes) {
    Suppression.Kept kept = kept(context, pyramid, proposals, sizes);
    boolean masks = detector.stages().get(0).masks().isPresent();
    return Detections.of(
        kept, masks ? Optional.of(masks(context, pyramid, kept)) : Optional.empty());
  }

  private Suppression.Kept kept(
      BuildContext context, Pyramid pyramid, Proposals proposals, Operand<TFloat32> sizes) {
    Ops tf = context.tf();
    Conventions conventions = detector.conventions();
    Batch batch = Batch.of(proposals.scores());
    Operand<TInt32> images = batch.imageOfEach(tf, proposals.scores());
    Operand<TFloat32> limits = tf.expandDims(sizes, tf.constant(1));
    Operand<TFloat32> regions = batch.list(tf, proposals.boxes().boxes(), 4);
    List<Operand<TFloat32>> logits = new ArrayList<>();
    Operand<TFloat32> decoded = null;
    for (int i = 0; i < detector.stages().size(); i++) {
      if (decoded != null) {
        regions = batch.list(tf, decoded, 4);
      }
      BoxOutput output = detector.boxes(context, i, pyramid, regions, images, settings.lite());
      logits.add(output.logits());
      Operand<TFloat32> boxes =
          detector
              .stages()
              .get(i)
              .coding(conventions)
              .decode(tf, tf.expandDims(regions, tf.constant(1)), deltas(tf, i, output));
      int ofEach = Math.toIntExact(boxes.shape().get(1));
      decoded =
          conventions.clip(
              tf, batch.split(tf, boxes, ofEach, 4), tf.expandDims(limits, tf.constant(2)));
    }
    Operand<TFloat32> scores =
        scores(tf, batch, logits, proposals.boxes().included().orElseThrow());
    if (conventions == Conventions.TORCHVISION) {
      scores = SmallBoxes.dropped(tf, conventions, decoded, scores, SMALLEST_OF_TORCHVISION);
    }
    return settings.suppression().build(tf, settings.nms(conventions), decoded, scores);
  }

  // (R, classes, 4) or (R, 1, 4), without the background.
  private Operand<TFloat32> deltas(Ops tf, int stage, BoxOutput output) {
    int first = detector.layout().first();
    if (first == 0 || detector.stages().get(stage).boxes().agnostic()) {
      return output.deltas();
    }
    int[] start = {0, first, 0};
    int[] size = {-1, detector.classes(), 4};
    return tf.slice(output.deltas(), tf.constant(start), tf.constant(size));
  }

  // (N, P, classes): those of padding are −1.
  private Operand<TFloat32> scores(
      Ops tf, Batch batch, List<Operand<TFloat32>> logits, Operand<TBool> included) {
    Operand<TFloat32> probabilities = tf.nn.softmax(mean(tf, logits));
    int[] start = {0, detector.layout().first()};
    int[] size = {-1, detector.classes()};
    Operand<TFloat32> ofClasses = tf.slice(probabilities, tf.constant(start), tf.constant(size));
    return tf.select(
        tf.expandDims(included, tf.constant(2)),
        batch.split(tf, ofClasses, detector.classes()),
        tf.constant(-1f));
  }

  private static Operand<TFloat32> mean(Ops tf, List<Operand<TFloat32>> values) {
    return values.size() == 1
        ? values.get(0)
        : tf.math.mul(tf.math.addN(values), tf.constant(1f / values.size()));
  }

  private Operand<TFloat32> masks(BuildContext context, Pyramid pyramid, Suppression.Kept kept) {
    Ops tf = context.tf();
    Batch batch = Batch.of(kept.scores());
    Operand<TInt32> images = batch.imageOfEach(tf, kept.scores());
    Operand<TFloat32> boxes = batch.list(tf, kept.boxes().boxes(), 4);
    Operand<TInt32> classes =
        tf.math.add(batch.list(tf, kept.classes(), 1), tf.constant(detector.layout().first()));
    int size = 2 * detector.stages().get(0).masks().orElseThrow().size();
    List<Operand<TFloat32>> ofStages = new ArrayList<>();
    for (int i = 0; i < detector.stages().size(); i++) {
      Operand<TFloat32> logits =
          detector.masks(context, i, pyramid, boxes, images, settings.lite());
      // A map of each class, and that of the box's own one.
      int[] maps = {-1, detector.layout().regressed(), size * size};
      Operand<TFloat32> ofClasses =
          tf.reshape(
              tf.linalg.transpose(logits, tf.constant(new int[] {0, 3, 1, 2})), tf.constant(maps));
      ofStages.add(tf.math.sigmoid(ListRows.gather(tf, ofClasses, classes)));
    }
    Operand<TFloat32> masks = batch.split(tf, mean(tf, ofStages), size, size);
    Operand<TBool> included = kept.boxes().included().orElseThrow();
    return tf.select(batch.split(tf, included, 1, 1), masks, tf.constant(0f));
  }
}
