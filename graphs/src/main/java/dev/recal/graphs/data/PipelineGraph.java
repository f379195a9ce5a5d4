package dev.recal.graphs.data;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.tensorflow.ConcreteFunction;
import org.tensorflow.Operand;
import org.tensorflow.Operation;
import org.tensorflow.Session;
import org.tensorflow.Tensor;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.op.data.IteratorGetNext;
import org.tensorflow.op.data.ParallelMapDataset;
import org.tensorflow.proto.data.DatasetOptions;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.TInt64;
import org.tensorflow.types.TUint8;
import org.tensorflow.types.family.TType;

/**
 * The ops of an input pipeline.
 *
 * <p>In memory: batch numbers → one function per batch (look up, crop, colour) → prefetch.
 * Streamed: positions → one function per image (read, decode, crop, resize) → batch → one function
 * per batch (crop, colour) → prefetch. Further inputs of the functions are fed once per epoch.
 */
final class PipelineGraph {
  static final String EPOCH_ITEMS = "epoch_items";
  static final String EPOCH_LABELS = "epoch_labels";
  static final String EPOCH_KEYS = "epoch_keys";
  static final String FIRST_BATCH = "first_batch";

  private final Ops tf;
  private final PipelineSettings settings;
  private final long count;
  private final long batches;
  private final Map<String, Tensor> fixed = new LinkedHashMap<>();
  private final Map<String, Operand<?>> placeholders = new LinkedHashMap<>();
  private final boolean inMemory;
  private final Operation make;
  private final Operand<TFloat32> images;
  private final Operand<TInt32> labels;

  private PipelineGraph(
      Ops tf,
      DataSet data,
      PipelineSettings settings,
      long batches,
      PipelineFunctions functions,
      Map<String, Tensor> fixed) {
    this.tf = tf;
    this.settings = settings;
    this.count = settings.imagesPerEpoch(data.count());
    this.batches = batches;
    this.inMemory = functions.inMemory();
    this.fixed.putAll(fixed);
    List<MapFunction.Value> captured = new ArrayList<>();
    captured.add(new MapFunction.Value(EPOCH_ITEMS, TInt32.class, Shape.of(count)));
    captured.add(new MapFunction.Value(EPOCH_LABELS, TInt32.class, Shape.of(count)));
    captured.add(new MapFunction.Value(EPOCH_KEYS, TInt64.class, Shape.of(2)));
    fixed.forEach((name, tensor) -> captured.add(MapFunction.Value.like(name, tensor)));
    for (MapFunction.Value value : captured) {
      placeholders.put(
          value.name(), tf.placeholder(value.type(), Placeholder.shape(value.shape())));
    }
    List<Operand<?>> arguments = List.copyOf(placeholders.values());
    Operand<TInt64> first = tf.placeholder(TInt64.class, Placeholder.shape(Shape.scalar()));
    placeholders.put(FIRST_BATCH, first);

    long n = settings.dropRemainder() ? settings.batch() : -1;
    List<MapFunction.Value> results =
        List.of(
            new MapFunction.Value(
                "images", TFloat32.class, Shape.of(n, settings.height(), settings.width(), 3)),
            new MapFunction.Value("labels", TInt32.class, Shape.of(n)));
    Operand<? extends TType> dataset =
        inMemory
            ? batchesFromMemory(functions, captured, arguments, first, results)
            : batchesFromStream(functions, captured, arguments, first, results);
    List<Class<? extends TType>> types = MapFunction.types(results);
    List<Shape> shapes = MapFunction.shapes(results);
    dataset =
        tf.data.prefetchDataset(dataset, tf.constant((long) settings.prefetch()), types, shapes);
    dataset = tf.data.optionsDataset(dataset, asWritten(), types, shapes);
    String sharedName = tf.scope().makeOpName("Iterator");
    var iterator = tf.data.iterator(sharedName, "", types, shapes);
    make = tf.data.makeIterator(dataset, iterator).op();
    IteratorGetNext next = tf.data.iteratorGetNext(iterator, types, shapes);
    images = ImageGraph.typed(next.components().get(0), TFloat32.class);
    labels = ImageGraph.typed(next.components().get(1), TInt32.class);
  }

  static PipelineGraph build(Ops tf, DataSet data, PipelineSettings settings, long batches)
      throws IOException {
    Optional<Preparation> preparation =
        Preparation.of(settings.augmentation(), settings.height(), settings.width());
    boolean inMemory =
        preparation.isPresent()
            && Pixels.fits(
                data.items().count(),
                settings.height(),
                settings.width(),
                settings.memoryLimitBytes());
    Map<String, Tensor> fixed;
    if (inMemory) {
      Pixels pixels = data.items().prepared(preparation.get());
      fixed = Map.of(PipelineFunctions.PIXELS, pixels.tensor());
    } else {
      fixed = data.items().tensors();
    }
    PipelineFunctions functions =
        new PipelineFunctions(
            data.items(), settings, preparation, settings.imagesPerEpoch(data.count()), inMemory);
    return new PipelineGraph(tf, data, settings, batches, functions, fixed);
  }

  Operand<TFloat32> images() {
    return images;
  }

  Operand<TInt32> labels() {
    return labels;
  }

  boolean inMemory() {
    return inMemory;
  }

  /** Recreates the iterator with the tensors of an epoch. */
  void start(Session session, Map<String, Tensor> epochTensors) {
    Session.Runner runner = session.runner().addTarget(make);
    epochTensors.forEach((name, tensor) -> runner.feed(placeholders.get(name), tensor));
    fixed.forEach((name, tensor) -> runner.feed(placeholders.get(name), tensor));
    runner.run().close();
  }

  /**
   * Options that run the pipeline as defined. TensorFlow would otherwise rewrite and tune it on
   * each start, which takes longer than small epochs and has no benefit, since the numbers of
   * threads and batches are given.
   */
  private static String asWritten() {
    return DatasetOptions.Options.newBuilder()
        .setOptimizationOptions(
            DatasetOptions.OptimizationOptions.newBuilder().setApplyDefaultOptimizations(false))
        .setAutotuneOptions(DatasetOptions.AutotuneOptions.newBuilder().setEnabled(false))
        .build()
        .toByteString()
        .toStringUtf8();
  }

  private Operand<? extends TType> batchesFromMemory(
      PipelineFunctions functions,
      List<MapFunction.Value> captured,
      List<Operand<?>> arguments,
      Operand<TInt64> first,
      List<MapFunction.Value> results) {
    MapFunction.Value batch = new MapFunction.Value("batch", TInt64.class, Shape.scalar());
    try (ConcreteFunction function =
        MapFunction.create("input_batch", List.of(batch), captured, functions::batchFromMemory)) {
      return map(range(first, batches), arguments, function, results);
    }
  }

  private Operand<? extends TType> batchesFromStream(
      PipelineFunctions functions,
      List<MapFunction.Value> captured,
      List<Operand<?>> arguments,
      Operand<TInt64> first,
      List<MapFunction.Value> results) {
    MapFunction.Value position = new MapFunction.Value("position", TInt64.class, Shape.scalar());
    List<MapFunction.Value> element =
        List.of(
            new MapFunction.Value(
                "image", TUint8.class, Shape.of(settings.height(), settings.width(), 3)),
            new MapFunction.Value("label", TInt32.class, Shape.scalar()),
            position);
    long end = Math.min(count, batches * settings.batch());
    Operand<TInt64> firstPosition = tf.math.mul(first, tf.constant((long) settings.batch()));
    Operand<? extends TType> dataset;
    try (ConcreteFunction function =
        MapFunction.create("input_image", List.of(position), captured, functions::image)) {
      dataset = map(range(firstPosition, end), arguments, function, element);
    }
    long n = settings.dropRemainder() ? settings.batch() : -1;
    List<MapFunction.Value> batched =
        element.stream()
            .map(v -> new MapFunction.Value(v.name(), v.type(), Shape.of(n).append(v.shape())))
            .toList();
    dataset =
        tf.data.batchDataset(
            dataset,
            tf.constant((long) settings.batch()),
            tf.constant(settings.dropRemainder()),
            MapFunction.types(batched),
            MapFunction.shapes(batched));
    try (ConcreteFunction function =
        MapFunction.create("input_finish", batched, captured, functions::finish)) {
      return map(dataset, arguments, function, results);
    }
  }

  private Operand<? extends TType> range(Operand<TInt64> first, long end) {
    return tf.data.rangeDataset(
        first, tf.constant(end), tf.constant(1L), List.of(TInt64.class), List.of(Shape.scalar()));
  }

  private Operand<? extends TType> map(
      Operand<? extends TType> dataset,
      List<Operand<?>> arguments,
      ConcreteFunction function,
      List<MapFunction.Value> results) {
    return tf.data.parallelMapDataset(
        dataset,
        arguments,
        tf.constant((long) settings.parallelCalls()),
        function,
        MapFunction.types(results),
        MapFunction.shapes(results),
        ParallelMapDataset.deterministic("true"));
  }
}
