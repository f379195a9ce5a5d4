package dev.recal.ops;

/** A layer that can stand where a network has a spatial convolution, which gives it its sizes. */
public interface SpatialLayer extends Layer {

  /**
   * Returns the layer for one place in a network.
   *
   * @param channels output channels
   * @param stride the step along height and width, at least 1
   */
  Layer sized(int channels, int stride);
}
