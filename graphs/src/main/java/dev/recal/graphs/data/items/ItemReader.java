package dev.recal.graphs.data.items;

import dev.recal.ops.GraphScope;
import dev.recal.ops.TensorFlowFailures;
import dev.recal.ops.image.Images;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.Tensor;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.TUint8;

/** Decodes single items in a separate small graph, as square centre crops. */
public final class ItemReader implements AutoCloseable {
  private final ImageItems items;
  private final int side;
  private final Graph graph = new Graph();
  private final Map<String, Operand<?>> placeholders = new HashMap<>();
  private final Operand<TInt32> item;
  private final Operand<TUint8> image;
  private final Session session;

  public ItemReader(ImageItems items, int side) {
    this.items = items;
    this.side = side;
    items.retain();
    Ops tf = GraphScope.ops(graph);
    for (var entry : items.tensors().entrySet()) {
      MapFunction.Value value = MapFunction.Value.like(entry.getKey(), entry.getValue());
      placeholders.put(
          entry.getKey(), tf.placeholder(value.type(), Placeholder.shape(value.shape())));
    }
    item = tf.placeholder(TInt32.class);
    Operand<TUint8> whole = items.image(tf, new MapFunction.Arguments(placeholders), item);
    image = Images.resizeShorterSideAndCrop(tf, whole, side, side, side);
    session = new Session(graph);
  }

  /** The pixels of an item, as 0xRRGGBB. */
  public int[] read(int index) throws IOException {
    try (TInt32 indexTensor = TInt32.scalarOf(index)) {
      Session.Runner runner = session.runner().fetch(image).feed(item, indexTensor);
      for (var entry : items.tensors().entrySet()) {
        Tensor tensor = entry.getValue();
        runner.feed(placeholders.get(entry.getKey()), tensor);
      }
      byte[] bytes = new byte[side * side * 3];
      try (Result result = runner.run()) {
        TUint8 tile = (TUint8) result.get(0);
        tile.asRawTensor().data().copyTo(DataBuffers.of(bytes), bytes.length);
      } catch (RuntimeException e) {
        // TensorFlow's exceptions share no type of their own.
        throw new IOException(
            items.name(index) + " cannot be decoded: " + TensorFlowFailures.reason(e) + ".", e);
      }
      int[] pixels = new int[side * side];
      for (int i = 0; i < pixels.length; i++) {
        pixels[i] =
            (bytes[3 * i] & 0xFF) << 16
                | (bytes[3 * i + 1] & 0xFF) << 8
                | (bytes[3 * i + 2] & 0xFF);
      }
      return pixels;
    }
  }

  @Override
  public void close() {
    session.close();
    graph.close();
    items.release();
  }
}
