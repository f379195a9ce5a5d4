package dev.recal.graphs.data.items;

import dev.recal.ops.GraphScope;
import dev.recal.ops.TensorFlowFailures;
import dev.recal.ops.runtime.Graphs;
import dev.recal.ops.runtime.Sessions;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.tensorflow.ConcreteFunction;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.Tensor;
import org.tensorflow.exceptions.TFOutOfRangeException;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.op.data.IteratorGetNext;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.TInt64;
import org.tensorflow.types.TUint8;
import org.tensorflow.types.family.TType;

/**
 * Decodes all items once, in parallel, with the ops that training uses: to find those that cannot
 * be decoded, and to fill memory with those that can.
 */
public final class DecodePass {
  private static final Logger LOG = LoggerFactory.getLogger(DecodePass.class);

  /** About the bytes of pixels handed over at a time. */
  private static final long CHUNK_BYTES = 4 << 20;

  private DecodePass() {}

  /**
   * The result of a pass.
   *
   * @param pixels the decoded images in the order of the items
   * @param failures the items that could not be decoded
   * @param decoded which items could
   */
  public record Prepared(Pixels pixels, List<Failure> failures, BitSet decoded) {}

  /**
   * An item that could not be decoded.
   *
   * @param item its index
   * @param name of the item
   * @param reason why, as the end of a sentence that begins with the name
   */
  public record Failure(int item, String name, String reason) {}

  /** Decodes and prepares all items; the pixels are those of the items that could be decoded. */
  public static Prepared prepare(ImageItems items, Preparation preparation) {
    return prepare(
        items,
        preparation,
        (pixels, decoded, indices, images) -> pixels.write(decoded.cardinality(), images));
  }

  /**
   * Decodes and prepares all items; each item has its own position among the pixels, which is
   * undefined if the item could not be decoded.
   */
  public static Prepared prepareInPlace(ImageItems items, Preparation preparation) {
    return prepare(
        items,
        preparation,
        (pixels, decoded, indices, images) -> {
          for (int i = 0; i < indices.size(); i++) {
            pixels.write((int) indices.getLong(i), images, i);
          }
        });
  }

  /** The destination of decoded images. */
  private interface Destination {
    void write(Pixels pixels, BitSet decoded, TInt64 indices, TUint8 images);
  }

  private static Prepared prepare(ImageItems items, Preparation preparation, Destination placing) {
    long start = System.nanoTime();
    int height = preparation.height();
    int width = preparation.width();
    Pixels pixels = new Pixels(items.count(), height, width);
    BitSet decoded = new BitSet();
    try {
      long chunk = Math.max(1, CHUNK_BYTES / pixels.imageBytes());
      MapFunction.Value image =
          new MapFunction.Value("image", TUint8.class, Shape.of(height, width, 3));
      run(
          items,
          (tf, decodedImage) -> preparation.apply(tf, decodedImage),
          image,
          chunk,
          (indices, images) -> {
            placing.write(pixels, decoded, indices, (TUint8) images);
            mark(decoded, indices);
          });
      LOG.debug(
          "decoded {} images to {}×{} in {} ms",
          items.count(),
          height,
          width,
          (System.nanoTime() - start) / 1_000_000);
      return new Prepared(pixels, failures(items, decoded), decoded);
    } catch (RuntimeException e) {
      pixels.close();
      throw e;
    }
  }

  /** Decodes all items and forgets the pixels. */
  public static Prepared check(ImageItems items) {
    BitSet decoded = new BitSet();
    MapFunction.Value shape = new MapFunction.Value("shape", TInt32.class, Shape.of(3));
    run(items, (tf, image) -> tf.shape(image), shape, 64, (indices, x) -> mark(decoded, indices));
    return new Prepared(null, failures(items, decoded), decoded);
  }

  /** The operations on each decoded image. */
  private interface Body {
    Operand<?> apply(Ops tf, Operand<TUint8> image);
  }

  /** Takes a batch of results. */
  private interface Sink {
    void accept(TInt64 indices, Tensor results);
  }

  private static void run(
      ImageItems items, Body body, MapFunction.Value result, long chunk, Sink sink) {
    MapFunction.Value index = new MapFunction.Value("index", TInt64.class, Shape.scalar());
    Map<String, Tensor> tensors = items.tensors();
    List<MapFunction.Value> captured = new ArrayList<>();
    tensors.forEach((name, tensor) -> captured.add(MapFunction.Value.like(name, tensor)));
    try (Graph graph = Graphs.create();
        ConcreteFunction function =
            MapFunction.create(
                "decode_item",
                List.of(index),
                captured,
                (tf, arguments) -> {
                  Operand<TInt64> element = arguments.get("index", TInt64.class);
                  Operand<TInt32> item = tf.dtypes.cast(element, TInt32.class);
                  Operand<TUint8> image = items.image(tf, arguments, item);
                  return List.of(element, body.apply(tf, image));
                })) {
      Ops tf = GraphScope.ops(graph);
      Map<String, Operand<?>> placeholders = new LinkedHashMap<>();
      for (MapFunction.Value value : captured) {
        placeholders.put(
            value.name(), tf.placeholder(value.type(), Placeholder.shape(value.shape())));
      }
      List<MapFunction.Value> elements = List.of(index, result);
      List<Class<? extends TType>> types = MapFunction.types(elements);
      List<Shape> shapes = MapFunction.shapes(elements);
      List<Shape> batched = shapes.stream().map(shape -> Shape.of(-1).append(shape)).toList();
      Operand<? extends TType> data =
          tf.data.rangeDataset(
              tf.constant(0L),
              tf.constant((long) items.count()),
              tf.constant(1L),
              List.of(TInt64.class),
              List.of(Shape.scalar()));
      long threads = Runtime.getRuntime().availableProcessors();
      data =
          tf.data.parallelMapDataset(
              data, placeholders.values(), tf.constant(threads), function, types, shapes);
      data = tf.data.ignoreErrorsDataset(data, types, shapes);
      data = tf.data.batchDataset(data, tf.constant(chunk), tf.constant(false), types, batched);
      data = tf.data.prefetchDataset(data, tf.constant(2L), types, batched);
      var iterator = tf.data.iterator("decode_pass", "", types, batched);
      var make = tf.data.makeIterator(data, iterator);
      IteratorGetNext next = tf.data.iteratorGetNext(iterator, types, batched);
      try (Session session = Sessions.open(graph)) {
        Session.Runner start = session.runner().addTarget(make.op());
        tensors.forEach((name, tensor) -> start.feed(placeholders.get(name), tensor));
        start.run().close();
        drain(session, next, items.count(), sink);
      }
    }
  }

  private static void drain(Session session, IteratorGetNext next, int count, Sink sink) {
    long drained = 0;
    while (drained < count) {
      try (Result results =
          session.runner().fetch(next.components().get(0)).fetch(next.components().get(1)).run()) {
        TInt64 indices = (TInt64) results.get(0);
        sink.accept(indices, results.get(1));
        drained += indices.size();
      } catch (TFOutOfRangeException end) {
        // Items that failed are missing from the results.
        return;
      }
    }
  }

  private static void mark(BitSet decoded, TInt64 indices) {
    indices.scalars().forEach(index -> decoded.set((int) index.getLong()));
  }

  private static List<Failure> failures(ImageItems items, BitSet decoded) {
    List<Failure> failures = new ArrayList<>();
    for (int item = decoded.nextClearBit(0);
        item < items.count();
        item = decoded.nextClearBit(item + 1)) {
      failures.add(new Failure(item, items.name(item), reason(items, item)));
    }
    return failures;
  }

  // Names of items may begin with that of their file.
  private static String place(ImageItems items, int item) {
    return items
        .container(item)
        .map(file -> file.getFileName().toString())
        .filter(file -> !items.name(item).startsWith(file))
        .map(file -> " in " + file)
        .orElse("");
  }

  /**
   * Decodes one failing item again, alone, for TensorFlow's message.
   *
   * @return why it cannot be used, as the end of a sentence that begins with its name
   */
  public static String reason(ImageItems items, int item) {
    Map<String, Operand<?>> placeholders = new LinkedHashMap<>();
    try (Graph graph = Graphs.create()) {
      Ops tf = GraphScope.ops(graph);
      items
          .tensors()
          .forEach(
              (name, tensor) -> {
                MapFunction.Value value = MapFunction.Value.like(name, tensor);
                placeholders.put(
                    name, tf.placeholder(value.type(), Placeholder.shape(value.shape())));
              });
      Operand<TUint8> image =
          items.image(tf, new MapFunction.Arguments(placeholders), tf.constant(item));
      try (Session session = Sessions.open(graph)) {
        Session.Runner runner = session.runner().fetch(tf.shape(image));
        items.tensors().forEach((name, tensor) -> runner.feed(placeholders.get(name), tensor));
        runner.run().close();
        return "could not be read";
      } catch (RuntimeException e) {
        // TensorFlow's exceptions have no common type.
        return "cannot be decoded (" + TensorFlowFailures.reason(e) + place(items, item) + ")";
      }
    }
  }
}
