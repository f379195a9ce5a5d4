package dev.recal.graphs.data.items;

import dev.recal.ops.image.Images;
import java.io.IOException;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.types.TUint8;

/** Decodes single items in a separate small graph, as square centre crops. */
public final class ItemReader implements AutoCloseable {
  private final int side;
  private final ItemGraph graph;

  public ItemReader(ImageItems items, int side) {
    this.side = side;
    this.graph =
        new ItemGraph(
            items,
            (tf, arguments, item) ->
                Images.resizeShorterSideAndCrop(
                    tf, items.image(tf, arguments, item), side, side, side));
  }

  /** The pixels of an item, as 0xRRGGBB. */
  public int[] read(int index) throws IOException {
    byte[] bytes = new byte[side * side * 3];
    graph.read(
        index,
        tile -> ((TUint8) tile).asRawTensor().data().copyTo(DataBuffers.of(bytes), bytes.length));
    int[] pixels = new int[side * side];
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] =
          (bytes[3 * i] & 0xFF) << 16 | (bytes[3 * i + 1] & 0xFF) << 8 | (bytes[3 * i + 2] & 0xFF);
    }
    return pixels;
  }

  @Override
  public void close() {
    graph.close();
  }
}
