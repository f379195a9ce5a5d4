package dev.recal.graphs.data.shards;

import dev.recal.graphs.data.DataSet;
import java.util.stream.IntStream;

/** Chooses how many files the images of a set are written to: files of about 128 MiB. */
final class ShardSizes {

  private static final long SHARD_BYTES = 128L << 20;

  private ShardSizes() {}

  /** Returns the number of files for images of so many bytes together. */
  static int filesOf(long bytes, int images) {
    return (int) Math.max(1, Math.min((bytes + SHARD_BYTES - 1) / SHARD_BYTES, images));
  }

  /**
   * Returns the number of files for the images of a set.
   *
   * @param bytesPerPixel of the encoded images
   */
  static int filesOf(DataSet data, double bytesPerPixel) {
    long pixels =
        IntStream.range(0, data.count())
            .map(data::itemOf)
            .mapToLong(item -> (long) data.images().height(item) * data.images().width(item))
            .sum();
    return filesOf((long) (pixels * bytesPerPixel), data.count());
  }
}
