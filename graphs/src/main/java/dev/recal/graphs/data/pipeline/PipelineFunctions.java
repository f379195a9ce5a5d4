package dev.recal.graphs.data.pipeline;

import dev.recal.graphs.data.items.ImageItems;
import dev.recal.graphs.data.items.MapFunction;
import dev.recal.graphs.data.items.Preparation;
import dev.recal.graphs.data.targets.Geometry;
import dev.recal.graphs.data.targets.TargetGraph;
import dev.recal.ops.image.Images;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Squeeze;
import org.tensorflow.types.TBool;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.TInt64;
import org.tensorflow.types.TUint8;

/**
 * The bodies of the functions that a pipeline maps over positions and batches.
 *
 * <p>Images in memory with targets that do not move are processed batch by batch. All others are
 * processed image by image, so that a target can follow its image.
 */
final class PipelineFunctions {
  static final String PIXELS = "pixels";
  static final String SIDES = "sides";
  private static final String SIZE = "size_without_padding";
  static final String IMAGE = "image";
  static final String POSITION = "position";
  static final String MARK = "mark";

  private static final int KEY_BATCH = 0;

  private static final int KEY_CROP = 1;

  private static final int KEY_AUGMENT = 2;

  private static final int KEY_ERASE = 3;

  private static final int KEY_NOISE = 4;

  /** The number of keys of an epoch. */
  static final int KEYS = 5;

  private final ImageItems items;
  private final TargetGraph targets;
  private final PipelineSettings settings;
  private final Optional<Preparation> preparation;
  private final long count;
  private final boolean inMemory;

  PipelineFunctions(
      ImageItems items,
      TargetGraph targets,
      PipelineSettings settings,
      Optional<Preparation> preparation,
      long count,
      boolean inMemory) {
    this.items = items;
    this.targets = targets;
    this.settings = settings;
    this.preparation = preparation;
    this.count = count;
    this.inMemory = inMemory;
  }

  /** From the number of a batch to its images and targets, out of memory. */
  List<Operand<?>> batchFromMemory(Ops tf, MapFunction.Arguments arguments) {
    EpochRows batch = EpochRows.of(tf, arguments, settings, count);
    Operand<TInt32> rows = batch.items();
    Operand<TFloat32> random = random(tf, arguments, batch.first(), batch.count());
    Operand<TUint8> store = arguments.get(PIXELS, TUint8.class);
    Operand<TUint8> images;
    if (settings.augmentation() instanceof Augmentation.PadCropFlip crop) {
      images = BatchGraph.padCropFlip(tf, store, rows, random, crop, preparation.orElseThrow());
    } else {
      images = tf.gather(store, tf.math.add(rows, tf.constant(1)), tf.constant(0));
    }
    List<Operand<?>> read = targets.read(tf, arguments, rows, null);
    Rows whole = new Rows(batch.first(), batch.count());
    Operand<TFloat32> pixels =
        erased(
            tf,
            arguments,
            colours(tf, augmented(tf, arguments, images, whole), random, Optional.empty()),
            whole);
    return joined(pixels, targets.finish(tf, read));
  }

  /** What {@link #image} returns for a position: a decoded image and its target. */
  List<MapFunction.Value> read() {
    List<MapFunction.Value> element = new ArrayList<>();
    element.add(new MapFunction.Value(IMAGE, TUint8.class, settings.imageShape()));
    element.addAll(targets.components());
    if (needsSizes()) {
      element.add(new MapFunction.Value(SIZE, TInt32.class, Shape.of(2)));
    }
    return element;
  }

  /** What {@link #readableImage} returns for a position. */
  List<MapFunction.Value> element() {
    List<MapFunction.Value> element = new ArrayList<>(read());
    element.add(new MapFunction.Value(MARK, TInt32.class, Shape.scalar()));
    element.add(new MapFunction.Value(POSITION, TInt64.class, Shape.scalar()));
    return element;
  }

  /**
   * From a position to one decoded image of the final size and its target, also if the position's
   * own image cannot be read.
   */
  List<Operand<?>> readableImage(
      Ops tf, MapFunction.Arguments arguments, List<MapFunction.Value> captured) {
    List<Operand<?>> element =
        new ArrayList<>(
            ReadableElement.of(
                tf,
                arguments,
                captured,
                read(),
                count,
                settings.dropRemainder(),
                canvas(tf, arguments),
                this::image));
    element.add(arguments.get(POSITION, TInt64.class));
    return element;
  }

  private List<Operand<?>> image(Ops tf, MapFunction.Arguments arguments) {
    Operand<TInt64> position = arguments.get(POSITION, TInt64.class);
    Operand<TInt64> candidate =
        tf.math.mod(arguments.get(ReadableElement.CANDIDATE, TInt64.class), tf.constant(count));
    Operand<TInt32> item =
        tf.gather(
            arguments.get(PipelineGraph.EPOCH_ITEMS, TInt32.class), candidate, tf.constant(0));
    Operand<TUint8> image;
    Geometry geometry;
    if (settings.augmentation() instanceof Augmentation.RandomResizedCrop crop) {
      Operand<TFloat32> random = random(tf, arguments, position, tf.constant(1));
      Operand<TFloat32> tries =
          RandomRows.uniform(
              tf, key(tf, arguments, KEY_CROP), position, tf.constant(1), CropBox.COLUMNS);
      RandomCropGeometry part =
          RandomCropGeometry.of(tf, arguments, items, item, tries, random, crop, settings);
      image = part.image();
      geometry = part;
    } else if (settings.augmentation() instanceof Augmentation.KeepRatio keep) {
      Operand<TFloat32> random = random(tf, arguments, position, tf.constant(1));
      CanvasGeometry canvas = CanvasGeometry.of(tf, keep, random, canvas(tf, arguments));
      image =
          inMemory
              ? canvas.mirrored(
                  tf,
                  pixels(tf, arguments, item),
                  row(tf, arguments.get(SIDES, TInt32.class), item))
              : canvas.apply(tf, items.image(tf, arguments, item));
      geometry = canvas;
    } else if (settings.augmentation() instanceof Augmentation.ScaleJitter jitter) {
      Operand<TFloat32> random = random(tf, arguments, position, tf.constant(1));
      geometry = CanvasGeometry.of(tf, jitter, random, canvas(tf, arguments));
      image = geometry.apply(tf, items.image(tf, arguments, item));
    } else {
      Preparation size = preparation.orElseThrow();
      image =
          inMemory ? pixels(tf, arguments, item) : size.apply(tf, items.image(tf, arguments, item));
      geometry = preparedGeometry(tf, arguments, position, size);
    }
    List<Operand<?>> read = joined(image, targets.read(tf, arguments, item, geometry));
    if (needsSizes()) {
      read.add(geometry.size(tf, row(tf, arguments.get(SIDES, TInt32.class), item)));
    }
    return read;
  }

  /** Height and width of the image that is delivered at a position, (2). */
  private Operand<TInt32> canvas(Ops tf, MapFunction.Arguments arguments) {
    int height = settings.height();
    int width = settings.width();
    if (!settings.hasOrientations()) {
      return tf.constant(new int[] {height, width});
    }
    int shorter = Math.min(height, width);
    int longer = Math.max(height, width);
    Operand<TBool> portrait =
        tf.gather(
            arguments.get(PipelineGraph.EPOCH_PORTRAIT, TBool.class),
            arguments.get(POSITION, TInt64.class),
            tf.constant(0));
    return tf.select(
        tf.reshape(portrait, tf.constant(new int[] {1})),
        tf.constant(new int[] {longer, shorter}),
        tf.constant(new int[] {shorter, longer}));
  }

  private static Operand<TInt32> row(Ops tf, Operand<TInt32> table, Operand<TInt32> item) {
    return tf.gather(table, item, tf.constant(0));
  }

  /** Whether changes of colour must spare the padding. */
  private boolean needsSizes() {
    return settings.augmentation().pads() && !settings.jitter().isNone();
  }

  private Operand<TUint8> pixels(Ops tf, MapFunction.Arguments arguments, Operand<TInt32> item) {
    Operand<TInt32> row = tf.math.add(item, tf.constant(1));
    return tf.gather(arguments.get(PIXELS, TUint8.class), row, tf.constant(0));
  }

  private Geometry preparedGeometry(
      Ops tf, MapFunction.Arguments arguments, Operand<TInt64> position, Preparation size) {
    if (!targets.moves()) {
      return null;
    }
    if (settings.augmentation() instanceof Augmentation.PadCropFlip crop) {
      Operand<TFloat32> random = random(tf, arguments, position, tf.constant(1));
      return new PadCropGeometry(size, crop, random);
    }
    return new PreparedGeometry(size);
  }

  /** From a batch of images, targets, marks and positions to the finished batch and its marks. */
  List<Operand<?>> finish(Ops tf, MapFunction.Arguments arguments) {
    Operand<TUint8> images = arguments.get(IMAGE, TUint8.class);
    Operand<TInt64> positions = arguments.get(POSITION, TInt64.class);
    Operand<TInt32> n = tf.size(positions);
    Operand<TInt64> first = tf.gather(positions, tf.constant(0), tf.constant(0));
    Operand<TFloat32> random = random(tf, arguments, first, n);
    Operand<TInt32> marks = arguments.get(MARK, TInt32.class);
    List<Operand<?>> read = new ArrayList<>();
    for (MapFunction.Value component : targets.components()) {
      read.add(arguments.get(component.name(), component.type()));
    }
    Optional<Operand<TInt32>> sizes =
        needsSizes() ? Optional.of(arguments.get(SIZE, TInt32.class)) : Optional.empty();
    if (!settings.dropRemainder()) {
      Operand<TInt64> kept = rowsRead(tf, marks);
      images = tf.gather(images, kept, tf.constant(0));
      random = tf.gather(random, kept, tf.constant(0));
      read.replaceAll(component -> tf.gather(component, kept, tf.constant(0)));
      sizes = sizes.map(all -> tf.gather(all, kept, tf.constant(0)));
      n = tf.size(kept);
    }
    if (settings.augmentation() instanceof Augmentation.PadCropFlip crop) {
      Preparation size = preparation.orElseThrow();
      Operand<TInt32> rows = tf.range(tf.constant(0), n, tf.constant(1));
      Operand<TUint8> store = BatchGraph.withZeroImage(tf, images, size);
      images = BatchGraph.padCropFlip(tf, store, rows, random, crop, size);
    }
    Rows whole = new Rows(first, n);
    images = augmented(tf, arguments, images, whole);
    Operand<TFloat32> pixels = erased(tf, arguments, colours(tf, images, random, sizes), whole);
    List<Operand<?>> finished = new ArrayList<>(joined(pixels, targets.finish(tf, read)));
    finished.add(marks);
    return finished;
  }

  /** The rows of a batch whose images were read; the first one, of zeros, if none was. */
  private static Operand<TInt64> rowsRead(Ops tf, Operand<TInt32> marks) {
    Operand<TInt64> rows =
        tf.squeeze(tf.where(ReadableElement.isRead(tf, marks)), Squeeze.axis(List.of(1L)));
    // Few networks compute anything of an empty batch.
    Operand<TInt32> count = tf.math.maximum(tf.size(rows), tf.constant(1));
    return tf.slice(
        tf.concat(List.of(rows, tf.constant(new long[1])), tf.constant(0)),
        tf.constant(new int[1]),
        tf.expandDims(count, tf.constant(0)));
  }

  private static List<Operand<?>> joined(Operand<?> input, List<Operand<?>> target) {
    List<Operand<?>> all = new ArrayList<>();
    all.add(input);
    all.addAll(target);
    return all;
  }

  private Operand<TFloat32> colours(
      Ops tf, Operand<TUint8> images, Operand<TFloat32> random, Optional<Operand<TInt32>> sizes) {
    Operand<TFloat32> floats = Images.toFloats(tf, images);
    return settings.jitter().isNone()
        ? floats
        : BatchGraph.jitter(tf, floats, random, settings.jitter(), sizes);
  }

  /**
   * The images of a batch in the epoch.
   *
   * @param first the position of the first one
   * @param count how many follow
   */
  private record Rows(Operand<TInt64> first, Operand<TInt32> count) {}

  private Operand<TUint8> augmented(
      Ops tf, MapFunction.Arguments arguments, Operand<TUint8> images, Rows rows) {
    if (settings.distortions().randAugment().isEmpty()) {
      return images;
    }
    RandAugment chosen = settings.distortions().randAugment().get();
    Operand<TFloat32> numbers =
        RandomRows.uniform(
            tf,
            key(tf, arguments, KEY_AUGMENT),
            rows.first(),
            rows.count(),
            RandAugmentGraph.columns(chosen));
    return RandAugmentGraph.apply(tf, images, numbers, chosen, settings.height(), settings.width());
  }

  private Operand<TFloat32> erased(
      Ops tf, MapFunction.Arguments arguments, Operand<TFloat32> images, Rows rows) {
    if (settings.distortions().randomErasing().isEmpty()) {
      return images;
    }
    Operand<TFloat32> numbers =
        RandomRows.uniform(
            tf,
            key(tf, arguments, KEY_ERASE),
            rows.first(),
            rows.count(),
            RandomErasingGraph.COLUMNS);
    return RandomErasingGraph.apply(
        tf,
        images,
        numbers,
        settings.distortions().randomErasing().get(),
        settings.height(),
        settings.width(),
        columns ->
            RandomRows.normal(
                tf, key(tf, arguments, KEY_NOISE), rows.first(), rows.count(), columns));
  }

  private static Operand<TFloat32> random(
      Ops tf, MapFunction.Arguments arguments, Operand<TInt64> first, Operand<TInt32> n) {
    return RandomRows.uniform(tf, key(tf, arguments, KEY_BATCH), first, n, BatchGraph.COLUMNS);
  }

  private static Operand<TInt64> key(Ops tf, MapFunction.Arguments arguments, int which) {
    Operand<TInt64> keys = arguments.get(PipelineGraph.EPOCH_KEYS, TInt64.class);
    return tf.gather(keys, tf.constant(which), tf.constant(0));
  }
}
