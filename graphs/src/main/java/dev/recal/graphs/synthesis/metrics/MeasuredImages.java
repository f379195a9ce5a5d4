package dev.recal.graphs.synthesis.metrics;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * The measured data of a stream of images, sufficient for every metric, so that real images are
 * read once and compared with the samples of many checkpoints.
 *
 * @param description of the stream
 * @param size height and width of the images, for reports
 * @param features of all images
 * @param statistics of the features
 * @param tiles thumbnails of the images
 * @param pixels the images at {@value #PIXELS}×{@value #PIXELS} for comparison
 * @param diversity if a distance was given
 */
public record MeasuredImages(
    String description,
    String size,
    FeatureMatrix features,
    FeatureStatistics statistics,
    ImageBatch tiles,
    ImageBatch pixels,
    Optional<PairwiseDiversity.Score> diversity) {

  /** Height and width at which pixels are compared. */
  public static final int PIXELS = 32;

  private static final int MAX_TILE_SIZE = 64;

  /** Returns the number of images. */
  public int count() {
    return features.count();
  }

  /**
   * Measures all images of a stream.
   *
   * @throws IOException if they cannot be read
   * @throws IllegalArgumentException if there are fewer than two, they differ in size, or a feature
   *     is not finite
   */
  static MeasuredImages of(
      ImageStream stream,
      FeatureSource source,
      PairwiseDiversity pairs,
      Optional<PairDistance> distance)
      throws IOException {
    try (Collector collector = new Collector(source, pairs)) {
      stream.forEach(collector::add);
      return collector.finish(stream.description(), pairs, distance);
    }
  }

  private static final class Collector implements AutoCloseable {
    private final FeatureSource source;
    private final List<FeatureMatrix> features = new ArrayList<>();
    private final FeatureStatistics.Accumulator statistics = new FeatureStatistics.Accumulator();
    private final BatchResize toPixels = new BatchResize(PIXELS, PIXELS);
    private final ByteArrayOutputStream pixels = new ByteArrayOutputStream();
    private final ByteArrayOutputStream tiles = new ByteArrayOutputStream();
    private final ImagePool pool;
    private BatchResize toTiles;
    private int tile;
    private int height;
    private int width;
    private int count;

    Collector(FeatureSource source, PairwiseDiversity pairs) {
      this.source = source;
      pool = new ImagePool(pairs.images(), pairs.seed());
    }

    void add(ImageBatch batch) {
      if (toTiles == null) {
        height = batch.height();
        width = batch.width();
        tile = Math.min(MAX_TILE_SIZE, Math.max(height, width));
        toTiles = new BatchResize(tile, tile);
      }
      if (batch.height() != height || batch.width() != width) {
        throw new IllegalArgumentException(
            String.format(
                Locale.ROOT,
                "images: expected %d×%d pixels, as in the first batch, but got %d×%d.",
                height,
                width,
                batch.height(),
                batch.width()));
      }
      FeatureMatrix found = source.features(batch);
      features.add(found);
      statistics.add(found);
      pixels.writeBytes(toPixels.resize(batch).rgb());
      tiles.writeBytes(toTiles.resize(batch).rgb());
      pool.add(batch);
      count += batch.count();
    }

    MeasuredImages finish(
        String description, PairwiseDiversity pairs, Optional<PairDistance> distance) {
      if (count < 2) {
        throw new IllegalArgumentException(
            String.format(
                Locale.ROOT,
                "images: expected at least 2, but got %d from %s.",
                count,
                description));
      }
      return new MeasuredImages(
          description,
          height + "×" + width,
          FeatureMatrix.concatenate(features),
          statistics.finish(),
          new ImageBatch(count, tile, tile, tiles.toByteArray()),
          new ImageBatch(count, PIXELS, PIXELS, pixels.toByteArray()),
          distance.map(measure -> pairs.measure(measure, pool.images())));
    }

    @Override
    public void close() {
      toPixels.close();
      if (toTiles != null) {
        toTiles.close();
      }
    }
  }
}
