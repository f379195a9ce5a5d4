package dev.recal.ops;

/** A layer that can replace a spatial convolution of a network, which defines its sizes. */
public interface SpatialLayer extends Layer {

  /**
   * Returns the layer for one position in a network.
   *
   * @param channels output channels
   * @param stride the step along height and width, at least 1
   */
  Layer sized(int channels, int stride);
}
