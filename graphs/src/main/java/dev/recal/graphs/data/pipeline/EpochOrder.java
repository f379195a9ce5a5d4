package dev.recal.graphs.data.pipeline;

import dev.recal.graphs.data.DataSet;
import dev.recal.graphs.data.SplitMix64;
import dev.recal.graphs.data.items.ImageItems;
import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * The order of the images of an epoch, a function of seed and epoch; with orientations, so that
 * each batch holds images of one, as {@link Augmentation.KeepRatio} describes.
 */
final class EpochOrder {
  private final PipelineSettings settings;
  private final int count;
  private final int batch;

  /** Whether each image is higher than wide; empty without orientations. */
  private final boolean[] high;

  private EpochOrder(PipelineSettings settings, int count, boolean[] high) {
    this.settings = settings;
    this.count = count;
    this.batch = settings.batch();
    this.high = high;
  }

  static EpochOrder of(DataSet data, PipelineSettings settings) {
    boolean[] high = new boolean[0];
    if (settings.hasOrientations() && data.items() instanceof ImageItems images) {
      high = new boolean[data.count()];
      for (int i = 0; i < high.length; i++) {
        high[i] = images.height(data.itemOf(i)) > images.width(data.itemOf(i));
      }
    }
    return new EpochOrder(settings, data.count(), high);
  }

  /**
   * The positions of an epoch; there may be more than batches take.
   *
   * @param images index of the image of each
   * @param high whether the batch of each has the shape of high images; empty without orientations
   */
  record Positions(int[] images, boolean[] high) {}

  /** Images of an epoch before remainders are dropped. */
  long positions() {
    return settings.imagesPerEpoch(count);
  }

  long batches() {
    if (settings.dropRemainder()) {
      return positions() / batch;
    }
    return ceilDiv(widePositions()) + ceilDiv(positions() - widePositions());
  }

  /**
   * At how many of the first positions of an epoch that keeps remainders a batch may not go on with
   * the next ones; all without orientations.
   */
  long widePositions() {
    long wide = IntStream.range(0, high.length).filter(i -> !high[i]).count();
    return high.length == 0 ? positions() : wide * settings.passes();
  }

  private long ceilDiv(long images) {
    return (images + batch - 1L) / batch;
  }

  Positions of(long epoch) {
    int[] images = new int[Math.toIntExact(positions())];
    for (int pass = 0; pass < settings.passes(); pass++) {
      System.arraycopy(pass(epoch * settings.passes() + pass), 0, images, pass * count, count);
    }
    if (settings.replacement()) {
      replace(images, new SplitMix64(SplitMix64.mix(settings.seed(), epoch, 0)));
    }
    if (high.length == 0) {
      return new Positions(images, high);
    }
    return settings.dropRemainder() ? wholeBatches(images) : wideFirst(images);
  }

  private int[] pass(long number) {
    return settings.shuffle()
        ? new SplitMix64(SplitMix64.mix(settings.seed(), number, 0)).permutation(count)
        : IntStream.range(0, count).toArray();
  }

  /** Replaces each image by a random one, of the same orientation if there are any. */
  private void replace(int[] images, SplitMix64 random) {
    if (high.length == 0) {
      Arrays.setAll(images, position -> random.nextInt(count));
      return;
    }
    int[] highImages = IntStream.range(0, count).filter(i -> high[i]).toArray();
    int[] wideImages = IntStream.range(0, count).filter(i -> !high[i]).toArray();
    for (int position = 0; position < images.length; position++) {
      int[] same = high[images[position]] ? highImages : wideImages;
      images[position] = same[random.nextInt(same.length)];
    }
  }

  private Positions wideFirst(int[] images) {
    int[] sorted =
        IntStream.concat(
                IntStream.of(images).filter(i -> !high[i]),
                IntStream.of(images).filter(i -> high[i]))
            .toArray();
    boolean[] shapes = new boolean[sorted.length];
    for (int position = 0; position < shapes.length; position++) {
      shapes[position] = high[sorted[position]];
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
      int orientation = high[image] ? 1 : 0;
      waiting[orientation][sizes[orientation]++] = image;
      if (sizes[orientation] == batch) {
        System.arraycopy(waiting[orientation], 0, sorted, position, batch);
        Arrays.fill(shapes, position, position + batch, high[image]);
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
