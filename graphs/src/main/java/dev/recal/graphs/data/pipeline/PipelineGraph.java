package dev.recal.graphs.data.pipeline;

import dev.recal.graphs.data.DataSet;
import dev.recal.graphs.data.items.FeatureItems;
import dev.recal.graphs.data.items.ImageGraph;
import dev.recal.graphs.data.items.ImageItems;
import dev.recal.graphs.data.items.MapFunction;
import dev.recal.graphs.data.items.Pixels;
import dev.recal.graphs.data.items.Preparation;
import dev.recal.graphs.data.targets.TargetBatch;
import dev.recal.graphs.data.targets.TargetGraph;
import java.io.IOException;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.stream.IntStream;
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
import org.tensorflow.types.TBool;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.TInt64;
import org.tensorflow.types.family.TType;

/**
 * The ops of an input pipeline.
 *
 * <p>In memory: batch numbers → one function a batch (look up, crop, colour) → prefetch. Streamed,
 * or with targets that move with the pixels: positions → one function an image (read, decode, crop,
 * resize, move the target) → batch → one function a batch (crop, colour) → prefetch. Other inputs
 * of the functions are fed once per epoch.
 */
final class PipelineGraph {
  static final String EPOCH_ITEMS = "epoch_items";
  static final String EPOCH_KEYS = "epoch_keys";

  /** Whether the batch of a position has the shape of portrait images; only with orientations. */
  static final String EPOCH_PORTRAIT = "epoch_portrait";

  static final String FIRST_BATCH = "first_batch";

  private final Ops tf;
  private final PipelineSettings settings;
  private final TargetGraph targetGraph;
  private final EpochOrder order;
  private final EpochPositions positions;
  private final Map<String, Tensor> fixed = new LinkedHashMap<>();
  private final Map<String, Operand<?>> placeholders = new LinkedHashMap<>();
  private final boolean inMemory;
  private final Operation make;
  private final Operand<TFloat32> inputs;
  private final TargetBatch targets;
  private final Operand<TInt32> marks;
  private final BitSet unreadable;

  private PipelineGraph(
      Ops tf,
      PipelineSettings settings,
      EpochOrder order,
      TargetGraph targetGraph,
      Elements elements) {
    this.tf = tf;
    this.settings = settings;
    this.targetGraph = targetGraph;
    this.order = order;
    this.positions = new EpochPositions(tf, settings, order);
    this.inMemory = elements.inMemory();
    this.unreadable = elements.unreadable();
    fixed.putAll(elements.tensors());
    fixed.putAll(targetGraph.tensors());
    List<MapFunction.Value> captured = new ArrayList<>();
    captured.add(new MapFunction.Value(EPOCH_ITEMS, TInt32.class, Shape.of(order.positions())));
    captured.add(new MapFunction.Value(EPOCH_KEYS, TInt64.class, Shape.of(PipelineFunctions.KEYS)));
    if (settings.hasOrientations()) {
      captured.add(new MapFunction.Value(EPOCH_PORTRAIT, TBool.class, Shape.of(order.positions())));
    }
    fixed.forEach((name, tensor) -> captured.add(MapFunction.Value.like(name, tensor)));
    for (MapFunction.Value value : captured) {
      placeholders.put(
          value.name(), tf.placeholder(value.type(), Placeholder.shape(value.shape())));
    }
    List<Operand<?>> arguments = List.copyOf(placeholders.values());
    Operand<TInt64> first = tf.placeholder(TInt64.class, Placeholder.shape(Shape.scalar()));
    placeholders.put(FIRST_BATCH, first);

    List<MapFunction.Value> results = new ArrayList<>();
    results.add(new MapFunction.Value("inputs", TFloat32.class, elements.shape()));
    results.addAll(targetGraph.delivered());
    boolean marked = elements.byImage().isPresent();
    if (marked) {
      results.add(new MapFunction.Value(PipelineFunctions.MARK, TInt32.class, Shape.scalar()));
    }
    results = batched(results);
    Operand<? extends TType> dataset =
        elements.byBatch().isPresent()
            ? batchesFromMemory(elements.byBatch().get(), captured, arguments, first, results)
            : batchesFromStream(elements.byImage().get(), captured, arguments, first, results);
    List<Class<? extends TType>> types = MapFunction.types(results);
    List<Shape> shapes = MapFunction.shapes(results);
    dataset =
        tf.data.prefetchDataset(dataset, tf.constant((long) settings.prefetch()), types, shapes);
    dataset = tf.data.optionsDataset(dataset, asWritten(), types, shapes);
    String sharedName = tf.scope().makeOpName("Iterator");
    var iterator = tf.data.iterator(sharedName, "", types, shapes);
    make = tf.data.makeIterator(dataset, iterator).op();
    IteratorGetNext next = tf.data.iteratorGetNext(iterator, types, shapes);
    List<Operand<?>> components = new ArrayList<>();
    next.components().forEach(components::add);
    marks =
        marked
            ? ImageGraph.typed(components.remove(components.size() - 1), TInt32.class)
            : tf.constant(new int[0]);
    inputs = ImageGraph.typed(components.get(0), TFloat32.class);
    targets = targetGraph.batch(components.subList(1, components.size()));
  }

  /** The body of a function over elements of a dataset. */
  private interface Body extends BiFunction<Ops, MapFunction.Arguments, List<Operand<?>>> {}

  /**
   * The contents of the dataset's elements.
   *
   * @param shape of one delivered input
   * @param unreadable the items in memory that could not be decoded
   * @param tensors that the functions capture
   * @param byBatch makes whole batches out of memory, or
   * @param byImage processes single images
   */
  private record Elements(
      Shape shape,
      boolean inMemory,
      BitSet unreadable,
      Map<String, Tensor> tensors,
      Optional<Body> byBatch,
      Optional<PipelineFunctions> byImage) {}

  static PipelineGraph build(Ops tf, DataSet data, PipelineSettings settings, EpochOrder order)
      throws IOException {
    Shape image = settings.imageShape();
    TargetGraph targets =
        data.targets().graph((int) image.get(0), (int) image.get(1), settings.objects());
    try {
      Elements elements =
          data.items() instanceof FeatureItems features
              ? features(data, features, settings, targets)
              : images(data, settings, targets);
      return new PipelineGraph(tf, settings, order, targets, elements);
    } catch (IOException | RuntimeException e) {
      targets.close();
      throw e;
    }
  }

  private static Elements images(DataSet data, PipelineSettings settings, TargetGraph targets)
      throws IOException {
    ImageItems items = data.images();
    if (targets.moves() && !settings.distortions().isNone()) {
      throw new IllegalArgumentException(
          "distortions: expected none for targets that move with the pixels of "
              + data.name()
              + ", but got "
              + settings.distortions()
              + ".");
    }
    Optional<Preparation> preparation =
        settings.augmentation().preparation(settings.height(), settings.width());
    Optional<ImageItems.Prepared> memory =
        preparation
            .filter(
                size ->
                    Pixels.fits(
                        items.count(), size.height(), size.width(), settings.memoryLimitBytes()))
            .map(items::prepared)
            // Evaluation leaves unreadable images out, which the stream does.
            .filter(images -> settings.dropRemainder() || allReadable(data, images.unreadable()));
    boolean inMemory = memory.isPresent();
    boolean pads = settings.augmentation().pads();
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    if (inMemory) {
      tensors.put(PipelineFunctions.PIXELS, memory.get().pixels().tensor());
    } else {
      tensors.putAll(items.tensors());
    }
    if (pads) {
      tensors.put(PipelineFunctions.SIDES, items.sides());
    }
    PipelineFunctions functions =
        new PipelineFunctions(
            items, targets, settings, preparation, settings.imagesPerEpoch(data.count()), inMemory);
    boolean byBatch = inMemory && !targets.moves() && !pads;
    return new Elements(
        settings.imageShape(),
        inMemory,
        memory.map(ImageItems.Prepared::unreadable).orElseGet(BitSet::new),
        tensors,
        byBatch ? Optional.of(functions::batchFromMemory) : Optional.empty(),
        byBatch ? Optional.empty() : Optional.of(functions));
  }

  private static boolean allReadable(DataSet data, BitSet unreadable) {
    return IntStream.range(0, data.count()).map(data::itemOf).noneMatch(unreadable::get);
  }

  private static Elements features(
      DataSet data, FeatureItems features, PipelineSettings settings, TargetGraph targets) {
    if (!(settings.augmentation() instanceof Augmentation.None)
        || !settings.jitter().isNone()
        || !settings.distortions().isNone()) {
      throw new IllegalArgumentException(
          ("augmentation: expected none for arrays of numbers, but got " + settings.augmentation())
              + (" and " + settings.jitter() + "."));
    }
    long count = settings.imagesPerEpoch(data.count());
    Body body =
        (tf, arguments) -> {
          EpochRows batch = EpochRows.of(tf, arguments, settings, count);
          List<Operand<?>> all = new ArrayList<>();
          all.add(features.features(tf, arguments, batch.items()));
          all.addAll(targets.finish(tf, targets.read(tf, arguments, batch.items(), null)));
          return all;
        };
    return new Elements(
        features.shape(),
        true,
        new BitSet(),
        features.tensors(),
        Optional.of(body),
        Optional.empty());
  }

  private List<MapFunction.Value> batched(List<MapFunction.Value> elements) {
    long n = settings.dropRemainder() ? settings.delivered() : -1;
    return elements.stream()
        .map(v -> new MapFunction.Value(v.name(), v.type(), Shape.of(n).append(v.shape())))
        .toList();
  }

  Operand<TFloat32> inputs() {
    return inputs;
  }

  TargetBatch targets() {
    return targets;
  }

  /** The mark of each image of the next batch; see {@link ReadableElement}. */
  Operand<TInt32> marks() {
    return marks;
  }

  /** The items in memory that could not be decoded. */
  BitSet unreadable() {
    return unreadable;
  }

  boolean inMemory() {
    return inMemory;
  }

  /** Frees what the targets hold. */
  void close() {
    targetGraph.close();
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
      Body body,
      List<MapFunction.Value> captured,
      List<Operand<?>> arguments,
      Operand<TInt64> first,
      List<MapFunction.Value> results) {
    MapFunction.Value batch = new MapFunction.Value(EpochRows.BATCH, TInt64.class, Shape.scalar());
    try (ConcreteFunction function =
        MapFunction.create("input_batch", List.of(batch), captured, body)) {
      return map(
          positions.range(first, tf.constant(order.batches())), arguments, function, results);
    }
  }

  private Operand<? extends TType> batchesFromStream(
      PipelineFunctions functions,
      List<MapFunction.Value> captured,
      List<Operand<?>> arguments,
      Operand<TInt64> first,
      List<MapFunction.Value> results) {
    MapFunction.Value position =
        new MapFunction.Value(PipelineFunctions.POSITION, TInt64.class, Shape.scalar());
    List<MapFunction.Value> element = functions.element();
    List<MapFunction.Value> batched = batched(element);
    Operand<? extends TType> dataset = null;
    try (ConcreteFunction function =
        MapFunction.create(
            "input_image",
            List.of(position),
            captured,
            (ops, own) -> functions.readableImage(ops, own, captured))) {
      for (Operand<? extends TType> positions : positions.from(first)) {
        Operand<? extends TType> part =
            tf.data.batchDataset(
                map(positions, arguments, function, element),
                tf.constant((long) settings.delivered()),
                tf.constant(settings.dropRemainder()),
                MapFunction.types(batched),
                MapFunction.shapes(batched));
        dataset =
            dataset == null
                ? part
                : tf.data.concatenateDataset(
                    dataset, part, MapFunction.types(batched), MapFunction.shapes(batched));
      }
    }
    try (ConcreteFunction function =
        MapFunction.create("input_finish", batched, captured, functions::finish)) {
      return map(dataset, arguments, function, results);
    }
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
