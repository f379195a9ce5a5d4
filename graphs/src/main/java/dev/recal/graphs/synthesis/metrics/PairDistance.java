package dev.recal.graphs.synthesis.metrics;

/** How unlike two images look: LPIPS, or another perceptual distance. */
public interface PairDistance extends AutoCloseable {

  /** Returns what the distance is called in reports. */
  String name();

  /**
   * Returns the distance of each image to the one at its place in the other batch.
   *
   * @throws IllegalArgumentException if the batches differ in count or size
   */
  double[] distances(ImageBatch first, ImageBatch second);

  @Override
  void close();
}
