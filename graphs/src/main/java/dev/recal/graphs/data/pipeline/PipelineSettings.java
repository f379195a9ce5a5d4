package dev.recal.graphs.data.pipeline;

import dev.recal.graphs.data.OpenSettings;
import dev.recal.graphs.data.targets.ObjectSettings;
import dev.recal.ops.Arguments;
import java.util.Objects;
import org.tensorflow.ndarray.Shape;

/**
 * The settings of an input pipeline.
 *
 * @param batch images in a batch
 * @param height of the delivered images in pixels; without meaning for arrays of numbers. {@link
 *     Augmentation.KeepRatio} may swap height and width
 * @param width of the delivered images in pixels; without meaning for arrays of numbers
 * @param augmentation how images are resized or cropped to that size
 * @param jitter random changes of colour
 * @param shuffle whether each epoch has its own order, a function of seed and epoch
 * @param seed of order and augmentation
 * @param dropRemainder whether a last, smaller batch is left out; the batch dimension is then
 *     static
 * @param memoryLimitBytes a set whose deterministic part (decoding, resizing) takes at most this
 *     many bytes is decoded once and kept in memory; a larger one is decoded in every epoch
 * @param threads images or batches processed in parallel; 0 for the number of processors
 * @param prefetch batches kept ready
 * @param passes the number of passes over the images per epoch, each with its own order and without
 *     dropping images in between; for sets of fewer images than a batch, or of few batches
 * @param replacement whether images are sampled with replacement instead of once per pass; requires
 *     {@code shuffle}
 * @param objects how objects are delivered, where targets are objects
 * @param sampling which images an epoch holds
 * @param distortions random changes beyond crops and colours, for training
 * @param share the part of each batch that is delivered; the whole batch except with several
 *     workers, whose remainders must be dropped
 */
public record PipelineSettings(
    int batch,
    int height,
    int width,
    Augmentation augmentation,
    ColourJitter jitter,
    boolean shuffle,
    long seed,
    boolean dropRemainder,
    long memoryLimitBytes,
    int threads,
    int prefetch,
    int passes,
    boolean replacement,
    ObjectSettings objects,
    Sampling sampling,
    Distortions distortions,
    Share share) {

  public PipelineSettings {
    Objects.requireNonNull(augmentation, "augmentation");
    Objects.requireNonNull(jitter, "jitter");
    Objects.requireNonNull(objects, "objects");
    Objects.requireNonNull(sampling, "sampling");
    Objects.requireNonNull(distortions, "distortions");
    Arguments.atLeast(1, "batch", batch);
    Arguments.atLeast(1, "height", height);
    Arguments.atLeast(1, "width", width);
    Arguments.atLeast(0, "memoryLimitBytes", memoryLimitBytes);
    Arguments.atLeast(0, "threads", threads);
    Arguments.atLeast(1, "prefetch", prefetch);
    Arguments.atLeast(1, "passes", passes);
    share.of(batch);
    Arguments.require(
        share.count() == 1 || dropRemainder,
        "share",
        "the whole batch if remainders are kept",
        share);
    if (replacement && !shuffle) {
      throw new IllegalArgumentException(
          "replacement: expected false because shuffle is false, but got true.");
    }
    boolean orders = replacement || augmentation instanceof Augmentation.KeepRatio;
    Arguments.require(
        sampling == Sampling.SHUFFLED || shuffle && !orders,
        "sampling",
        "'shuffled' without a random order, with replacement and with keep-ratio",
        sampling);
    Arguments.require(
        distortions.isNone() || dropRemainder && !augmentation.pads(),
        "distortions",
        "none in evaluation and where images are padded",
        distortions);
    if (augmentation instanceof Augmentation.CenterCrop crop
        && crop.resize() < Math.max(height, width)) {
      throw new IllegalArgumentException(
          "augmentation.resize: expected at least the image size "
              + height
              + "×"
              + width
              + ", but got "
              + crop.resize()
              + ".");
    }
  }

  /** Each image once per epoch. */
  public PipelineSettings(
      int batch,
      int height,
      int width,
      Augmentation augmentation,
      ColourJitter jitter,
      boolean shuffle,
      long seed,
      boolean dropRemainder,
      long memoryLimitBytes,
      int threads,
      int prefetch) {
    this(
        batch,
        height,
        width,
        augmentation,
        jitter,
        shuffle,
        seed,
        dropRemainder,
        memoryLimitBytes,
        threads,
        prefetch,
        1,
        false,
        ObjectSettings.defaults(),
        Sampling.SHUFFLED,
        Distortions.NONE,
        Share.whole());
  }

  /** Settings for training: shuffled, augmented, whole batches only. */
  public static PipelineSettings training(
      int batch, int height, int width, Augmentation augmentation, long seed) {
    return new PipelineSettings(
        batch,
        height,
        width,
        augmentation,
        ColourJitter.NONE,
        true,
        seed,
        true,
        OpenSettings.DEFAULT_MEMORY_LIMIT,
        0,
        2);
  }

  /** Settings for evaluation: in the order of the set, the last smaller batch kept. */
  public static PipelineSettings evaluation(
      int batch, int height, int width, Augmentation augmentation) {
    return new PipelineSettings(
        batch,
        height,
        width,
        augmentation,
        ColourJitter.NONE,
        false,
        0,
        false,
        OpenSettings.DEFAULT_MEMORY_LIMIT,
        0,
        2);
  }

  /** Settings for arrays of numbers to train with: shuffled, whole batches only. */
  public static PipelineSettings featureTraining(int batch, long seed) {
    return training(batch, 1, 1, Augmentation.none(), seed);
  }

  /** Settings for arrays of numbers to evaluate: in their order, the last smaller batch kept. */
  public static PipelineSettings featureEvaluation(int batch) {
    return evaluation(batch, 1, 1, Augmentation.none());
  }

  /** Returns a copy with another form of objects. */
  public PipelineSettings withObjects(ObjectSettings newObjects) {
    Copy copy = new Copy(this);
    copy.objects = newObjects;
    return copy.settings();
  }

  /** Returns a copy with colour jitter. */
  public PipelineSettings withJitter(ColourJitter newJitter) {
    Copy copy = new Copy(this);
    copy.jitter = newJitter;
    return copy.settings();
  }

  /** Returns a copy with another memory limit; 0 decodes in every epoch. */
  public PipelineSettings withMemoryLimitBytes(long newLimit) {
    Copy copy = new Copy(this);
    copy.memoryLimitBytes = newLimit;
    return copy.settings();
  }

  /** Returns a copy with another number of threads. */
  public PipelineSettings withThreads(int newThreads) {
    Copy copy = new Copy(this);
    copy.threads = newThreads;
    return copy.settings();
  }

  /** Returns a copy with longer epochs. */
  public PipelineSettings withPasses(int newPasses, boolean newReplacement) {
    Copy copy = new Copy(this);
    copy.passes = newPasses;
    copy.replacement = newReplacement;
    return copy.settings();
  }

  /** Returns a copy whose epochs hold other images. */
  public PipelineSettings withSampling(Sampling newSampling) {
    Copy copy = new Copy(this);
    copy.sampling = newSampling;
    return copy.settings();
  }

  /** Returns a copy with other random changes. */
  public PipelineSettings withDistortions(Distortions newDistortions) {
    Copy copy = new Copy(this);
    copy.distortions = newDistortions;
    return copy.settings();
  }

  /** Returns a copy that delivers a part of each batch. */
  public PipelineSettings withShare(Share newShare) {
    Copy copy = new Copy(this);
    copy.share = newShare;
    return copy.settings();
  }

  /** The settings that copies change. */
  private static final class Copy {
    private final PipelineSettings original;
    private ColourJitter jitter;
    private long memoryLimitBytes;
    private int threads;
    private int passes;
    private boolean replacement;
    private ObjectSettings objects;
    private Sampling sampling;
    private Distortions distortions;
    private Share share;

    Copy(PipelineSettings original) {
      this.original = original;
      this.jitter = original.jitter;
      this.memoryLimitBytes = original.memoryLimitBytes;
      this.threads = original.threads;
      this.passes = original.passes;
      this.replacement = original.replacement;
      this.objects = original.objects;
      this.sampling = original.sampling;
      this.distortions = original.distortions;
      this.share = original.share;
    }

    PipelineSettings settings() {
      return new PipelineSettings(
          original.batch,
          original.height,
          original.width,
          original.augmentation,
          jitter,
          original.shuffle,
          original.seed,
          original.dropRemainder,
          memoryLimitBytes,
          threads,
          original.prefetch,
          passes,
          replacement,
          objects,
          sampling,
          distortions,
          share);
    }
  }

  /** The number of images of a batch that are delivered. */
  int delivered() {
    return share.of(batch);
  }

  /** Whether batches of landscape and of portrait images differ in shape. */
  boolean hasOrientations() {
    return augmentation instanceof Augmentation.KeepRatio keep
        && keep.hasOrientations(height, width);
  }

  /** The shape of one delivered image. */
  Shape imageShape() {
    return hasOrientations()
        ? Shape.of(Shape.UNKNOWN_SIZE, Shape.UNKNOWN_SIZE, 3)
        : Shape.of(height, width, 3);
  }

  /** The number of images per epoch of a set of {@code count} images. */
  long imagesPerEpoch(int count) {
    return (long) count * passes;
  }

  /** Threads, with 0 resolved to the number of processors. */
  int parallelCalls() {
    return threads == 0 ? Runtime.getRuntime().availableProcessors() : threads;
  }
}
