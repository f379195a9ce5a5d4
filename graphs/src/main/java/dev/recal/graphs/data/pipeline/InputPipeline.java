package dev.recal.graphs.data.pipeline;

import dev.recal.graphs.data.DataSet;
import dev.recal.graphs.data.SplitMix64;
import dev.recal.graphs.data.items.ImageItems;
import dev.recal.graphs.data.items.Items;
import dev.recal.graphs.data.targets.TargetBatch;
import dev.recal.graphs.data.targets.TargetStore;
import java.io.IOException;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.IntStream;
import org.tensorflow.Operand;
import org.tensorflow.Session;
import org.tensorflow.Tensor;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TBool;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.TInt64;

/**
 * A data set as tf.data ops in a graph: each {@code session.run} that needs {@link #images()} or
 * {@link #targets()} gets the next batch, prepared ahead in TensorFlow's threads.
 *
 * <pre>{@code
 * try (InputPipeline input = InputPipeline.build(tf, data, settings)) {
 *   // ... build the network on input.images() and input.labels(), open a session ...
 *   for (long epoch = 0; epoch < epochs; epoch++) {
 *     input.start(session, epoch, 0);
 *     for (long batch = 0; batch < input.batchesPerEpoch(); batch++) {
 *       session.runner().addTarget(trainStep).run();
 *     }
 *   }
 * }
 * }</pre>
 *
 * <p>The order of an epoch and all random augmentation are functions of seed, epoch and position in
 * the epoch. Therefore {@code start(session, e, k)} delivers, bit for bit, the batches that follow
 * after k batches of {@code start(session, e, 0)}, and the batch size has no influence on the
 * augmentation of the image at a position.
 *
 * <p>The deterministic part (decoding, resizing) is computed once, when the pipeline is built, if
 * the result fits into {@link PipelineSettings#memoryLimitBytes()}; batches are then read from
 * memory. The pixels are the same in both cases.
 *
 * <p>An image that cannot be read ends nothing. In training the next readable image of the epoch
 * takes its place, in evaluation it is left out; fetch {@link #marks()} with each batch and pass
 * them to {@link #reportUnreadable}, which names and counts such images.
 */
public final class InputPipeline implements AutoCloseable {
  // The order of an epoch is an array.
  private static final long MAX_IMAGES = 1 << 30;

  private final DataSet data;
  private final Items items;
  private final TargetStore targets;
  private final PipelineSettings settings;
  private final PipelineGraph graph;
  private final EpochOrder order;
  private final long batchesPerEpoch;
  private final Optional<UnreadableReport> report;
  private boolean closed;

  private InputPipeline(
      DataSet data, PipelineSettings settings, PipelineGraph graph, EpochOrder order) {
    this.data = data;
    this.items = data.items();
    this.targets = data.targets();
    this.settings = settings;
    this.graph = graph;
    this.order = order;
    this.batchesPerEpoch = order.batches();
    this.report =
        items instanceof ImageItems images
            ? Optional.of(new UnreadableReport(data.name(), images, settings.dropRemainder()))
            : Optional.empty();
  }

  /**
   * Adds a pipeline to a graph.
   *
   * @param tf ops of the graph, whose scope the new ops join
   * @param data the set; it may be closed before the pipeline
   * @param settings size, order and augmentation
   * @return the pipeline, to be closed after its last {@link #start}
   * @throws IllegalArgumentException if the set has fewer images than a batch and the remainder is
   *     dropped
   * @throws IOException if no image can be decoded while the set is brought into memory
   */
  public static InputPipeline build(Ops tf, DataSet data, PipelineSettings settings)
      throws IOException {
    Objects.requireNonNull(data, "data");
    Objects.requireNonNull(settings, "settings");
    EpochOrder order = EpochOrder.of(data, settings);
    long images = order.positions();
    if (images > MAX_IMAGES) {
      throw new IllegalArgumentException(
          "passes: expected an epoch of at most "
              + MAX_IMAGES
              + " images, but got "
              + images
              + ".");
    }
    if (order.batches() == 0) {
      throw new IllegalArgumentException(
          "batch: expected at most "
              + images
              + ", the number of images in "
              + data.name()
              + ", because the remainder is dropped, but got "
              + settings.batch()
              + ".");
    }
    data.items().retain();
    data.targets().retain();
    try {
      PipelineGraph graph = PipelineGraph.build(tf.withSubScope("input"), data, settings, order);
      InputPipeline pipeline = new InputPipeline(data, settings, graph, order);
      pipeline.reportMemory();
      return pipeline;
    } catch (IOException | RuntimeException e) {
      data.items().release();
      data.targets().release();
      throw e;
    }
  }

  /**
   * The images of the next batch: n×height×width×3 in 0–1; n is static if remainders are dropped,
   * height and width unless batches have orientations (see {@link Augmentation.KeepRatio}).
   *
   * @throws IllegalStateException if the set holds arrays of numbers
   */
  public Operand<TFloat32> images() {
    data.images();
    return graph.inputs();
  }

  /**
   * The arrays of numbers of the next batch: n×{@link DataSet#featureShape()}.
   *
   * @throws IllegalStateException if the set holds images
   */
  public Operand<TFloat32> features() {
    if (data.featureShape().isEmpty()) {
      throw new IllegalStateException(
          "data: expected arrays of numbers, but got images in " + data.name() + ".");
    }
    return graph.inputs();
  }

  /** What a network is given of the next batch: {@link #images()} or {@link #features()}. */
  public Operand<TFloat32> inputs() {
    return graph.inputs();
  }

  /** The targets of the next batch, of the kind that the set has. */
  public TargetBatch targets() {
    return graph.targets();
  }

  /**
   * The targets of the next batch.
   *
   * @param kind that is needed
   * @throws IllegalStateException if the set has another kind
   */
  public <T extends TargetBatch> T targets(Class<T> kind) {
    if (!kind.isInstance(graph.targets())) {
      throw new IllegalStateException(
          ("targets: expected " + kind.getSimpleName() + ", but got ")
              + (targets.description() + " in " + data.name() + "."));
    }
    return kind.cast(graph.targets());
  }

  /**
   * The labels of the next batch: n indices into {@link DataSet#classNames()}.
   *
   * @throws IllegalStateException if items have not one class each
   */
  public Operand<TInt32> labels() {
    return targets(TargetBatch.Classes.class).labels();
  }

  /**
   * What became of the images of the next batch, for {@link #reportUnreadable}; fetch it with the
   * batch.
   */
  public Operand<TInt32> marks() {
    return graph.marks();
  }

  /**
   * Names and counts the images of a batch that could not be read: each is logged once, and listed
   * by {@link DataSet#unreadable()}. Where remainders are dropped, as in training, the next
   * readable image of the epoch took its place; otherwise the batch is smaller.
   *
   * @param marks what {@link #marks()} delivered
   * @return whether the batch counts; one of which no image could be read holds one image of zeros
   * @throws IOException if too many images in a row could not be read, so that the batch holds
   *     images of zeros
   */
  public boolean reportUnreadable(Tensor marks) throws IOException {
    TInt32 integers = (TInt32) marks;
    int[] values = new int[Math.toIntExact(integers.size())];
    integers.copyTo(DataBuffers.of(values));
    if (report.isPresent()) {
      report.get().addAll(values);
    }
    return settings.dropRemainder()
        || values.length == 0
        || IntStream.of(values).anyMatch(mark -> ReadableElement.unreadable(mark) < 0);
  }

  private void reportMemory() throws IOException {
    BitSet unreadable = graph.unreadable();
    if (unreadable.isEmpty()) {
      return;
    }
    int[] used = IntStream.range(0, data.count()).map(data::itemOf).toArray();
    IntStream.of(used).filter(unreadable::get).forEach(report.orElseThrow()::add);
    if (IntStream.of(used).allMatch(unreadable::get)) {
      throw report.orElseThrow().noReadableImage(used[0]);
    }
  }

  /** Batches in an epoch; the run after the last one fails with an out-of-range error. */
  public long batchesPerEpoch() {
    return batchesPerEpoch;
  }

  /** Images delivered in an epoch. */
  public long imagesPerEpoch() {
    return Math.min(settings.imagesPerEpoch(data.count()), batchesPerEpoch * settings.batch());
  }

  /** Whether decoded images are kept in memory. */
  public boolean inMemory() {
    return graph.inMemory();
  }

  /**
   * Sets the position of the pipeline; the next run gets that batch. May be called at any time,
   * also in the middle of an epoch.
   *
   * @param session of the graph that the pipeline was built in
   * @param epoch 0 or more
   * @param firstBatch in the epoch, 0 … {@link #batchesPerEpoch()} − 1
   */
  public synchronized void start(Session session, long epoch, long firstBatch) {
    if (closed) {
      throw new IllegalStateException("The input pipeline has been closed.");
    }
    if (epoch < 0) {
      throw new IllegalArgumentException("epoch: expected at least 0, but got " + epoch + ".");
    }
    if (firstBatch < 0 || firstBatch >= batchesPerEpoch) {
      throw new IllegalArgumentException(
          "firstBatch: expected 0 to " + (batchesPerEpoch - 1) + ", but got " + firstBatch + ".");
    }
    EpochOrder.Positions positions = order.of(epoch);
    int[] itemOrder = readable(IntStream.of(positions.images()).map(data::itemOf).toArray());
    long[] keys = new long[PipelineFunctions.KEYS];
    for (int i = 0; i < keys.length; i++) {
      keys[i] = SplitMix64.mix(settings.seed(), epoch, i + 1);
    }
    try (TInt32 itemTensor = TInt32.vectorOf(itemOrder);
        TInt64 keyTensor = TInt64.vectorOf(keys);
        TBool portrait = TBool.vectorOf(positions.portrait());
        TInt64 first = TInt64.scalarOf(firstBatch)) {
      Map<String, Tensor> epochTensors = new LinkedHashMap<>();
      epochTensors.put(PipelineGraph.EPOCH_ITEMS, itemTensor);
      epochTensors.put(PipelineGraph.EPOCH_KEYS, keyTensor);
      epochTensors.put(PipelineGraph.FIRST_BATCH, first);
      if (settings.hasOrientations()) {
        epochTensors.put(PipelineGraph.EPOCH_PORTRAIT, portrait);
      }
      graph.start(session, epochTensors);
    }
  }

  /** Replaces each item that could not be decoded into memory by the next readable one. */
  private int[] readable(int[] items) {
    BitSet unreadable = graph.unreadable();
    int[] readable = items.clone();
    for (int position = 0; position < items.length && !unreadable.isEmpty(); position++) {
      int candidate = position;
      while (unreadable.get(items[candidate])) {
        candidate = (candidate + 1) % items.length;
      }
      readable[position] = items[candidate];
    }
    return readable;
  }

  @Override
  public synchronized void close() {
    if (!closed) {
      closed = true;
      graph.close();
      items.release();
      targets.release();
    }
  }
}
