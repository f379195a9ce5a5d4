package dev.recal.graphs.data.pipeline;

import dev.recal.graphs.data.items.EncodedItems;
import dev.recal.graphs.data.items.ImageGraph;
import dev.recal.graphs.data.items.ImageItems;
import dev.recal.graphs.data.items.MapFunction;
import dev.recal.graphs.data.items.Orientation;
import dev.recal.graphs.data.targets.Geometry;
import dev.recal.ops.image.Images;
import dev.recal.ops.image.Placement;
import java.util.List;
import java.util.Optional;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.op.image.DecodeAndCropJpeg;
import org.tensorflow.types.TBool;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.TString;
import org.tensorflow.types.TUint8;

/**
 * An image of which a random part is resized and perhaps mirrored.
 *
 * @param box of the part: top, left, height, width in pixels, (4)
 * @param mirror whether the part is mirrored, a scalar; empty if parts never are
 * @param height of the result in pixels
 * @param width of the result in pixels
 * @param image the finished image
 */
record RandomCropGeometry(
    Operand<TInt32> box,
    Optional<Operand<TBool>> mirror,
    int height,
    int width,
    Operand<TUint8> image)
    implements Geometry {

  /**
   * Reads an item and cuts its part.
   *
   * @param tries random numbers for {@link CropBox}
   * @param random the image's other random numbers, (1, {@link BatchGraph#COLUMNS})
   */
  static RandomCropGeometry of(
      Ops tf,
      MapFunction.Arguments arguments,
      ImageItems items,
      Operand<TInt32> item,
      Operand<TFloat32> tries,
      Operand<TFloat32> random,
      Augmentation.RandomResizedCrop crop,
      PipelineSettings settings) {
    Optional<Operand<TBool>> mirror =
        crop.flip()
            ? Optional.of(
                BatchGraph.randomBoolean(tf, RandomRows.column(tf, random, BatchGraph.COLUMN_FLIP)))
            : Optional.empty();
    Operand<TInt32> box;
    Operand<TUint8> part;
    if (items instanceof EncodedItems encoded && encoded.onlyJpeg()) {
      // Only the lines and columns of the crop are decoded.
      Operand<TString> bytes = encoded.bytes(tf, arguments, item);
      Operand<TInt32> stored = tf.image.extractJpegShape(bytes);
      Optional<Operand<TInt32>> turned = encoded.orientation(tf, arguments, item);
      Operand<TInt32> sides = turned.map(o -> Orientation.sides(tf, stored, o)).orElse(stored);
      box = CropBox.draw(tf, ImageGraph.Size.ofShape(tf, sides), tries, crop);
      Operand<TInt32> upright = box;
      Operand<TUint8> cropped =
          tf.image.decodeAndCropJpeg(
              bytes,
              turned.map(o -> Orientation.storedBox(tf, upright, stored, o)).orElse(upright),
              DecodeAndCropJpeg.channels(3L),
              DecodeAndCropJpeg.dctMethod(Images.DCT_METHOD));
      part = turned.map(o -> Orientation.apply(tf, cropped, o)).orElse(cropped);
    } else {
      Operand<TUint8> whole = items.image(tf, arguments, item);
      box = CropBox.draw(tf, ImageGraph.Size.of(tf, whole), tries, crop);
      part = cut(tf, whole, box);
    }
    int height = settings.height();
    int width = settings.width();
    return new RandomCropGeometry(
        box, mirror, height, width, finished(tf, part, mirror, height, width));
  }

  @Override
  public Placement placement(Ops tf, Operand<TInt32> sides) {
    Operand<TInt32> two = tf.constant(new int[] {2});
    Operand<TInt32> corner = tf.slice(box, tf.constant(new int[] {0}), two);
    Placement stretched = Placement.stretched(tf, tf.slice(box, two, two), height, width);
    Placement cut =
        new Placement(
            stretched.scale(),
            tf.math.neg(tf.math.mul(tf.dtypes.cast(corner, TFloat32.class), stretched.scale())));
    return mirror.isEmpty() ? cut : cut.then(tf, BatchGraph.mirroring(tf, mirror.get(), width));
  }

  @Override
  public Operand<TInt32> canvas(Ops tf) {
    return tf.constant(new int[] {height, width});
  }

  @Override
  public Operand<TUint8> apply(Ops tf, Operand<TUint8> other) {
    return finished(tf, cut(tf, other, box), mirror, height, width);
  }

  private static Operand<TUint8> cut(Ops tf, Operand<TUint8> whole, Operand<TInt32> box) {
    Operand<TInt32> two = tf.constant(new int[] {2});
    Operand<TInt32> begin = tf.slice(box, tf.constant(new int[] {0}), two);
    Operand<TInt32> size = tf.slice(box, two, two);
    return tf.slice(
        whole,
        tf.concat(List.of(begin, tf.constant(new int[] {0})), tf.constant(0)),
        tf.concat(List.of(size, tf.constant(new int[] {3})), tf.constant(0)));
  }

  private static Operand<TUint8> finished(
      Ops tf, Operand<TUint8> part, Optional<Operand<TBool>> mirror, int height, int width) {
    Operand<TUint8> resized = Images.resize(tf, part, height, width);
    return mirror.isEmpty()
        ? resized
        : tf.select(
            tf.reshape(mirror.get(), tf.constant(new int[] {1, 1, 1})),
            tf.reverse(resized, tf.constant(new int[] {1})),
            resized);
  }
}
