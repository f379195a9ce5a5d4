package dev.recal.graphs.style;

/** The two published forms of the network; they have the same parameters. */
public enum StyleVariant {
  /**
   * Johnson's release: the image is reflected once at its border, residual convolutions have no
   * padding, learned upsampling, 150 · tanh as output. Colours are 0–255 minus the mean of VGG-16.
   */
  JOHNSON,
  /**
   * PyTorch's example: each convolution reflects its border, nearest-neighbour upsampling before
   * the convolution, a linear output. Colours are 0–255.
   */
  PYTORCH
}
