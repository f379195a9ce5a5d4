package dev.recal.graphs.synthesis.metrics;

import java.io.IOException;
import java.util.function.Consumer;

/** A stream of batches of equally sized images, which need not fit into memory. */
public interface ImageStream {

  /** Returns a description for reports: the source of the images, and how they were resized. */
  String description();

  /**
   * Passes all images to a consumer, batch by batch, always in the same order.
   *
   * @throws IOException if they cannot be read
   */
  void forEach(Consumer<ImageBatch> sink) throws IOException;

  /** Returns a stream of images in memory. */
  static ImageStream of(String description, ImageBatch... batches) {
    ImageBatch[] copy = batches.clone();
    return new ImageStream() {
      @Override
      public String description() {
        return description;
      }

      @Override
      public void forEach(Consumer<ImageBatch> sink) {
        for (ImageBatch batch : copy) {
          sink.accept(batch);
        }
      }
    };
  }
}
