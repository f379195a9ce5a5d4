package dev.recal.graphs.data;

import dev.recal.ops.image.Images;
import java.util.List;
import java.util.Optional;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.op.image.DecodeAndCropJpeg;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.TInt64;
import org.tensorflow.types.TString;
import org.tensorflow.types.TUint8;

/** The bodies of the functions that a pipeline maps over positions and batches. */
final class PipelineFunctions {
  static final String PIXELS = "pixels";

  private static final int KEY_BATCH = 0;

  private static final int KEY_CROP = 1;

  private final Items items;
  private final PipelineSettings settings;
  private final Optional<Preparation> preparation;
  private final long count;
  private final boolean inMemory;

  PipelineFunctions(
      Items items,
      PipelineSettings settings,
      Optional<Preparation> preparation,
      long count,
      boolean inMemory) {
    this.items = items;
    this.settings = settings;
    this.preparation = preparation;
    this.count = count;
    this.inMemory = inMemory;
  }

  boolean inMemory() {
    return inMemory;
  }

  /** Maps the index of a batch to its images and labels in memory. */
  List<Operand<?>> batchFromMemory(Ops tf, MapFunction.Arguments arguments) {
    Operand<TInt64> size = tf.constant((long) settings.batch());
    Operand<TInt64> first = tf.math.mul(arguments.get("batch", TInt64.class), size);
    Operand<TInt64> rest = tf.math.sub(tf.constant(count), first);
    Operand<TInt32> begin = tf.dtypes.cast(first, TInt32.class);
    Operand<TInt32> n = tf.dtypes.cast(tf.math.minimum(size, rest), TInt32.class);
    Operand<TInt32> rows = slice(tf, arguments, PipelineGraph.EPOCH_ITEMS, begin, n);
    Operand<TInt32> labels = slice(tf, arguments, PipelineGraph.EPOCH_LABELS, begin, n);
    Operand<TFloat32> random = random(tf, arguments, first, n);
    Operand<TUint8> store = arguments.get(PIXELS, TUint8.class);
    Operand<TUint8> images;
    if (settings.augmentation() instanceof Augmentation.PadCropFlip crop) {
      images = BatchGraph.padCropFlip(tf, store, rows, random, crop, preparation.orElseThrow());
    } else {
      images = tf.gather(store, tf.math.add(rows, tf.constant(1)), tf.constant(0));
    }
    return List.of(colours(tf, images, random), labels);
  }

  /** Maps a position to one decoded image of the final size. */
  List<Operand<?>> image(Ops tf, MapFunction.Arguments arguments) {
    Operand<TInt64> position = arguments.get("position", TInt64.class);
    Operand<TInt32> item = pick(tf, arguments, PipelineGraph.EPOCH_ITEMS, position);
    Operand<TInt32> label = pick(tf, arguments, PipelineGraph.EPOCH_LABELS, position);
    Operand<TUint8> image;
    if (settings.augmentation() instanceof Augmentation.RandomResizedCrop crop) {
      image = randomResizedCrop(tf, arguments, item, position, crop);
    } else {
      image = preparation.orElseThrow().apply(tf, items.image(tf, arguments, item));
    }
    return List.of(image, label, position);
  }

  /** Maps a batch of images, labels and positions to the finished batch. */
  List<Operand<?>> finish(Ops tf, MapFunction.Arguments arguments) {
    Operand<TUint8> images = arguments.get("image", TUint8.class);
    Operand<TInt32> labels = arguments.get("label", TInt32.class);
    Operand<TInt64> positions = arguments.get("position", TInt64.class);
    Operand<TInt32> n = tf.size(positions);
    Operand<TInt64> first = tf.gather(positions, tf.constant(0), tf.constant(0));
    Operand<TFloat32> random = random(tf, arguments, first, n);
    if (settings.augmentation() instanceof Augmentation.PadCropFlip crop) {
      Preparation size = preparation.orElseThrow();
      Operand<TInt32> rows = tf.range(tf.constant(0), n, tf.constant(1));
      Operand<TUint8> store = BatchGraph.behindZeros(tf, images, size);
      images = BatchGraph.padCropFlip(tf, store, rows, random, crop, size);
    }
    return List.of(colours(tf, images, random), labels);
  }

  private Operand<TUint8> randomResizedCrop(
      Ops tf,
      MapFunction.Arguments arguments,
      Operand<TInt32> item,
      Operand<TInt64> position,
      Augmentation.RandomResizedCrop crop) {
    Operand<TFloat32> tries =
        RandomRows.uniform(
            tf, key(tf, arguments, KEY_CROP), position, tf.constant(1), CropBox.COLUMNS);
    Operand<TUint8> part;
    if (items instanceof EncodedItems encoded && encoded.onlyJpeg()) {
      // Only the lines and columns of the crop are decoded.
      Operand<TString> bytes = encoded.bytes(tf, arguments, item);
      ImageGraph.Size size = ImageGraph.Size.ofShape(tf, tf.image.extractJpegShape(bytes));
      part =
          tf.image.decodeAndCropJpeg(
              bytes,
              CropBox.draw(tf, size, tries, crop),
              DecodeAndCropJpeg.channels(3L),
              DecodeAndCropJpeg.dctMethod(Images.DCT_METHOD));
    } else {
      Operand<TUint8> whole = items.image(tf, arguments, item);
      Operand<TInt32> box = CropBox.draw(tf, ImageGraph.Size.of(tf, whole), tries, crop);
      Operand<TInt32> two = tf.constant(new int[] {2});
      Operand<TInt32> begin = tf.slice(box, tf.constant(new int[] {0}), two);
      Operand<TInt32> size = tf.slice(box, two, two);
      part =
          tf.slice(
              whole,
              tf.concat(List.of(begin, tf.constant(new int[] {0})), tf.constant(0)),
              tf.concat(List.of(size, tf.constant(new int[] {3})), tf.constant(0)));
    }
    Operand<TUint8> resized = Images.resize(tf, part, settings.height(), settings.width());
    if (!crop.flip()) {
      return resized;
    }
    Operand<TFloat32> row = random(tf, arguments, position, tf.constant(1));
    Operand<TFloat32> coin = RandomRows.column(tf, row, BatchGraph.COLUMN_FLIP);
    return tf.select(
        tf.reshape(BatchGraph.coin(tf, coin), tf.constant(new int[] {1, 1, 1})),
        tf.reverse(resized, tf.constant(new int[] {1})),
        resized);
  }

  private Operand<TFloat32> colours(Ops tf, Operand<TUint8> images, Operand<TFloat32> random) {
    Operand<TFloat32> floats = Images.toFloats(tf, images);
    return settings.jitter().isNone()
        ? floats
        : BatchGraph.jitter(tf, floats, random, settings.jitter());
  }

  private static Operand<TFloat32> random(
      Ops tf, MapFunction.Arguments arguments, Operand<TInt64> first, Operand<TInt32> n) {
    return RandomRows.uniform(tf, key(tf, arguments, KEY_BATCH), first, n, BatchGraph.COLUMNS);
  }

  private static Operand<TInt64> key(Ops tf, MapFunction.Arguments arguments, int which) {
    Operand<TInt64> keys = arguments.get(PipelineGraph.EPOCH_KEYS, TInt64.class);
    return tf.gather(keys, tf.constant(which), tf.constant(0));
  }

  private static Operand<TInt32> pick(
      Ops tf, MapFunction.Arguments arguments, String name, Operand<TInt64> position) {
    return tf.gather(arguments.get(name, TInt32.class), position, tf.constant(0));
  }

  private static Operand<TInt32> slice(
      Ops tf,
      MapFunction.Arguments arguments,
      String name,
      Operand<TInt32> begin,
      Operand<TInt32> size) {
    return tf.slice(
        arguments.get(name, TInt32.class),
        tf.expandDims(begin, tf.constant(0)),
        tf.expandDims(size, tf.constant(0)));
  }
}
