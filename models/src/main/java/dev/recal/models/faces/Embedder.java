package dev.recal.models.faces;

import dev.recal.graphs.data.items.DecodedImage;
import java.util.List;

/**
 * A network that maps images to embeddings, which are near for images of one identity.
 *
 * <p>Implementations are thread-safe, and no TensorFlow memory leaves them.
 */
public interface Embedder extends AutoCloseable {

  /** The height and width of its images in pixels, for example 112. */
  int imageSize();

  /** The number of values of an embedding, for example 128. */
  int dimensions();

  /**
   * Computes the embeddings of images, in inference phase.
   *
   * @param images at least one, each of {@link #imageSize()} by {@link #imageSize()} pixels with
   *     three channels; the network's own normalisation, such as (x/255 − ½)/½, is applied here
   * @return (images, {@link #dimensions()}), in the order of the images, <em>before</em> the L2
   *     normalisation: the protocols add embeddings of an image and its mirror image first
   * @throws IllegalArgumentException if an image has another size or number of channels
   */
  float[][] embed(List<DecodedImage> images);

  @Override
  void close();
}
