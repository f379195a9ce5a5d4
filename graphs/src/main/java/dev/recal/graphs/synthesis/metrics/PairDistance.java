package dev.recal.graphs.synthesis.metrics;

/** A perceptual distance of two images: LPIPS, or another one. */
public interface PairDistance extends AutoCloseable {

  /** Returns the name of the distance in reports. */
  String name();

  /**
   * Returns the distance between the images at equal positions of two batches.
   *
   * @throws IllegalArgumentException if the batches differ in count or size
   */
  double[] distances(ImageBatch first, ImageBatch second);

  @Override
  void close();
}
