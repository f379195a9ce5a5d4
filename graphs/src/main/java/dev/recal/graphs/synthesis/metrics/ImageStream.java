package dev.recal.graphs.synthesis.metrics;

import java.io.IOException;
import java.util.function.Consumer;

/** Images that come in batches, all of one size, and need not fit into memory. */
public interface ImageStream {

  /** Returns what the images are, for reports: where they come from, and how they were resized. */
  String description();

  /**
   * Hands over all images, batch by batch, in an order that is the same every time.
   *
   * @throws IOException if they cannot be read
   */
  void forEach(Consumer<ImageBatch> sink) throws IOException;

  /** A stream of images that are in memory already. */
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
