package dev.recal.graphs.data.pipeline;

import dev.recal.graphs.data.items.ImageGraph;
import dev.recal.graphs.data.items.MapFunction;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiFunction;
import java.util.stream.LongStream;
import org.tensorflow.ConcreteFunction;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.data.DatasetToSingleElement;
import org.tensorflow.types.TBool;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.TInt64;
import org.tensorflow.types.family.TType;

/**
 * Reads the element of a position and tolerates unreadable images: the next readable image of the
 * epoch replaces one, or it is marked as missing. The replacement depends only on the files and the
 * order of the epoch, so that a resumed run gets the same batches.
 *
 * <p>TensorFlow's decoders report damage as errors only. Here they run in a dataset of a few
 * candidates whose errors are ignored and whose first element is taken.
 */
final class ReadableElement {
  /** The position whose image is tried; the image's other choices follow the position itself. */
  static final String CANDIDATE = "candidate";

  /** Unreadable images in a row after which the files themselves must be out of reach. */
  static final int MAX_TRIES = 1000;

  /** What is delivered for a position whose own image was read. */
  private static final int READ = -1;

  private ReadableElement() {}

  /**
   * Adds the ops.
   *
   * @param arguments holds {@link PipelineFunctions#POSITION} and all captured values
   * @param captured the inputs of {@code read} besides the candidate
   * @param element what {@code read} returns
   * @param count positions in an epoch
   * @param replaces whether another image replaces an unreadable one; otherwise the element is
   *     zeros
   * @param canvas height and width of the position's image, (2). Unknown sides of a component are
   *     these two, in this order
   * @param read from a candidate to the element
   * @return the element and, as one more component, an integer for {@link #unreadable}
   */
  static List<Operand<?>> of(
      Ops tf,
      MapFunction.Arguments arguments,
      List<MapFunction.Value> captured,
      List<MapFunction.Value> element,
      long count,
      boolean replaces,
      Operand<TInt32> canvas,
      BiFunction<Ops, MapFunction.Arguments, List<Operand<?>>> read) {
    Operand<TInt64> position = arguments.get(PipelineFunctions.POSITION, TInt64.class);
    MapFunction.Value candidate = new MapFunction.Value(CANDIDATE, TInt64.class, Shape.scalar());
    List<MapFunction.Value> inner = new ArrayList<>(captured);
    inner.add(new MapFunction.Value(PipelineFunctions.POSITION, TInt64.class, Shape.scalar()));
    List<Operand<?>> values = new ArrayList<>();
    inner.forEach(value -> values.add(arguments.get(value.name(), value.type())));
    List<MapFunction.Value> results = new ArrayList<>(element);
    results.add(candidate);
    List<Class<? extends TType>> types = MapFunction.types(results);
    List<Shape> shapes = MapFunction.shapes(results);
    long tries = replaces ? Math.min(count, MAX_TRIES) : 1;
    Operand<? extends TType> all =
        tf.data.rangeDataset(
            position,
            tf.math.add(position, tf.constant(tries)),
            tf.constant(1L),
            List.of(TInt64.class),
            List.of(Shape.scalar()));
    try (ConcreteFunction function =
        MapFunction.create(
            "input_candidate",
            List.of(candidate),
            inner,
            (ops, own) -> {
              List<Operand<?>> outputs = new ArrayList<>(read.apply(ops, own));
              outputs.add(own.get(CANDIDATE, TInt64.class));
              return outputs;
            })) {
      all = tf.data.mapDataset(all, values, function, types, shapes);
    }
    all = tf.data.ignoreErrorsDataset(all, types, shapes);
    all = tf.data.concatenateDataset(all, missing(tf, element, canvas, shapes), types, shapes);
    all = tf.data.takeDataset(all, tf.constant(1L), types, shapes);
    DatasetToSingleElement first = tf.data.datasetToSingleElement(all, types, shapes);
    List<Operand<?>> outputs = new ArrayList<>();
    first.components().forEach(outputs::add);
    Operand<TInt64> taken = ImageGraph.typed(outputs.remove(outputs.size() - 1), TInt64.class);
    outputs.add(mark(tf, arguments, position, taken, replaces));
    return outputs;
  }

  /** One element of zeros from candidate −1. */
  private static Operand<? extends TType> missing(
      Ops tf, List<MapFunction.Value> element, Operand<TInt32> canvas, List<Shape> shapes) {
    List<Operand<?>> zeros = new ArrayList<>();
    for (MapFunction.Value value : element) {
      Operand<TInt32> sides = sides(tf, value.shape(), canvas);
      zeros.add(tf.dtypes.cast(tf.fill(sides, tf.constant(0)), value.type()));
    }
    zeros.add(tf.constant(-1L));
    return tf.data.tensorDataset(zeros, shapes);
  }

  private static Operand<TInt32> sides(Ops tf, Shape shape, Operand<TInt32> canvas) {
    if (!shape.hasUnknownDimension()) {
      return tf.constant(LongStream.of(shape.asArray()).mapToInt(Math::toIntExact).toArray());
    }
    Operand<TInt32> zero = tf.constant(0);
    List<Operand<TInt32>> sides = new ArrayList<>();
    int unknown = 0;
    for (long side : shape.asArray()) {
      sides.add(
          side == Shape.UNKNOWN_SIZE
              ? tf.gather(canvas, tf.constant(unknown++), zero)
              : tf.constant((int) side));
    }
    return tf.stack(sides);
  }

  private static Operand<TInt32> mark(
      Ops tf,
      MapFunction.Arguments arguments,
      Operand<TInt64> position,
      Operand<TInt64> taken,
      boolean replaces) {
    Operand<TInt32> items = arguments.get(PipelineGraph.EPOCH_ITEMS, TInt32.class);
    Operand<TInt32> item = tf.gather(items, position, tf.constant(0));
    Operand<TBool> none = tf.math.less(taken, tf.constant(0L));
    Operand<TInt32> failed =
        replaces ? tf.select(none, tf.math.sub(tf.constant(READ - 1), item), item) : item;
    return tf.select(tf.math.equal(taken, position), tf.constant(READ), failed);
  }

  /** Whether rows of a batch were read, (n), from their marks. */
  static Operand<TBool> isRead(Ops tf, Operand<TInt32> marks) {
    return tf.math.less(marks, tf.constant(0));
  }

  /** The unreadable item denoted by a mark, or −1. */
  static int unreadable(int mark) {
    return mark >= 0 ? mark : Math.max(READ, READ - 1 - mark);
  }

  /** Whether an unreadable item could not be replaced although it should have been. */
  static boolean isExhausted(int mark) {
    return mark < READ;
  }
}
