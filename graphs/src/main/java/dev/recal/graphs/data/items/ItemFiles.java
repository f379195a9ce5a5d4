package dev.recal.graphs.data.items;

import java.io.IOException;
import org.tensorflow.types.TString;

/**
 * Returns single items as image files, whose stored pixels are upright: the items' own files
 * unchanged if they are, and PNG files otherwise. Thread-safe.
 */
public final class ItemFiles implements AutoCloseable {
  private final ImageItems items;
  private final ItemGraph graph;

  /** Retains the items until this is closed. */
  public ItemFiles(ImageItems items) {
    this.items = items;
    this.graph =
        new ItemGraph(
            items,
            (tf, arguments, item) ->
                items instanceof EncodedItems encoded
                    ? encoded.bytes(tf, arguments, item)
                    : tf.image.encodePng(items.image(tf, arguments, item)));
  }

  /**
   * Returns an item's file.
   *
   * @throws IOException if it cannot be read or decoded; the message names the item
   */
  public byte[] read(int item) throws IOException {
    byte[] stored = graph.read(item, file -> ((TString) file).asBytes().getObject());
    try {
      return ServableImage.of(stored);
    } catch (ImageHeader.UnusableImageException damaged) {
      throw new IOException(items.name(item) + " " + damaged.getMessage() + ".");
    }
  }

  @Override
  public void close() {
    graph.close();
  }
}
