package dev.recal.graphs.data.pipeline;

import dev.recal.graphs.data.DataSet;
import dev.recal.graphs.data.SplitMix64;
import dev.recal.graphs.data.items.ImageItems;
import java.util.Arrays;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * The order of the images of an epoch, a function of seed and epoch. With orientations, each batch
 * holds images of one orientation; see {@link Augmentation.KeepRatio}.
 */
final class EpochOrder {
  private final PipelineSettings settings;
  private final int count;
  private final int batch;

  /** Whether each image is higher than wide; empty without orientations. */
  private final boolean[] portrait;

  /** Present if classes are sampled equally often. */
  private final Optional<BalancedOrder> balanced;

  private EpochOrder(
      PipelineSettings settings, int count, boolean[] portrait, Optional<BalancedOrder> balanced) {
    this.settings = settings;
    this.count = count;
    this.batch = settings.batch();
    this.portrait = portrait;
    this.balanced = balanced;
  }

  static EpochOrder of(DataSet data, PipelineSettings settings) {
    boolean[] portrait = new boolean[0];
    if (settings.hasOrientations() && data.items() instanceof ImageItems images) {
      portrait = new boolean[data.count()];
      for (int i = 0; i < portrait.length; i++) {
        portrait[i] = images.height(data.itemOf(i)) > images.width(data.itemOf(i));
      }
    }
    Optional<BalancedOrder> balanced =
        settings.sampling() == Sampling.BALANCED
            ? Optional.of(new BalancedOrder(data.labels()))
            : Optional.empty();
    return new EpochOrder(settings, data.count(), portrait, balanced);
  }

  /**
   * The positions of an epoch; there may be more than batches take.
   *
   * @param images index of the image of each
   * @param portrait whether the batch of each has the shape of portrait images; empty without
   *     orientations
   */
  record Positions(int[] images, boolean[] portrait) {}

  /** Images of an epoch before remainders are dropped. */
  long positions() {
    return settings.imagesPerEpoch(count);
  }

  long batches() {
    if (settings.dropRemainder()) {
      return positions() / batch;
    }
    return ceilDiv(landscapePositions()) + ceilDiv(positions() - landscapePositions());
  }

  /**
   * How many positions of an evaluation epoch have landscape images, which come first; all
   * positions without orientations.
   */
  long landscapePositions() {
    long landscape = IntStream.range(0, portrait.length).filter(i -> !portrait[i]).count();
    return portrait.length == 0 ? positions() : landscape * settings.passes();
  }

  private long ceilDiv(long images) {
    return (images + batch - 1L) / batch;
  }

  Positions of(long epoch) {
    if (balanced.isPresent()) {
      int[] chosen = balanced.get().of(Math.toIntExact(positions()), settings.seed(), epoch);
      return new Positions(chosen, portrait);
    }
    int[] images = new int[Math.toIntExact(positions())];
    for (int pass = 0; pass < settings.passes(); pass++) {
      System.arraycopy(pass(epoch * settings.passes() + pass), 0, images, pass * count, count);
    }
    if (settings.replacement()) {
      replace(images, new SplitMix64(SplitMix64.mix(settings.seed(), epoch, 0)));
    }
    if (portrait.length == 0) {
      return new Positions(images, portrait);
    }
    return settings.dropRemainder() ? wholeBatches(images) : landscapesFirst(images);
  }

  private int[] pass(long number) {
    return settings.shuffle()
        ? new SplitMix64(SplitMix64.mix(settings.seed(), number, 0)).permutation(count)
        : IntStream.range(0, count).toArray();
  }

  /** Replaces each image by a random one, of the same orientation if there are any. */
  private void replace(int[] images, SplitMix64 random) {
    if (portrait.length == 0) {
      Arrays.setAll(images, position -> random.nextInt(count));
      return;
    }
    int[] portraits = IntStream.range(0, count).filter(i -> portrait[i]).toArray();
    int[] landscapes = IntStream.range(0, count).filter(i -> !portrait[i]).toArray();
    for (int position = 0; position < images.length; position++) {
      int[] same = portrait[images[position]] ? portraits : landscapes;
      images[position] = same[random.nextInt(same.length)];
    }
  }

  private Positions landscapesFirst(int[] images) {
    int[] sorted =
        IntStream.concat(
                IntStream.of(images).filter(i -> !portrait[i]),
                IntStream.of(images).filter(i -> portrait[i]))
            .toArray();
    boolean[] shapes = new boolean[sorted.length];
    for (int position = 0; position < shapes.length; position++) {
      shapes[position] = portrait[sorted[position]];
    }
    return new Positions(sorted, shapes);
  }

  /** Batches in the order in which their last images come; then the images that are left over. */
  private Positions wholeBatches(int[] images) {
    int[] sorted = new int[images.length];
    boolean[] shapes = new boolean[images.length];
    int[][] waiting = new int[2][batch];
    int[] sizes = new int[2];
    int position = 0;
    for (int image : images) {
      int orientation = portrait[image] ? 1 : 0;
      waiting[orientation][sizes[orientation]++] = image;
      if (sizes[orientation] == batch) {
        System.arraycopy(waiting[orientation], 0, sorted, position, batch);
        Arrays.fill(shapes, position, position + batch, portrait[image]);
        position += batch;
        sizes[orientation] = 0;
      }
    }
    int most = sizes[1] > sizes[0] ? 1 : 0;
    System.arraycopy(waiting[most], 0, sorted, position, sizes[most]);
    System.arraycopy(waiting[1 - most], 0, sorted, position + sizes[most], sizes[1 - most]);
    Arrays.fill(shapes, position, shapes.length, most == 1);
    return new Positions(sorted, shapes);
  }
}
