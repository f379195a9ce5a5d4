package dev.recal.graphs.data;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import javax.imageio.ImageIO;
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

/** A picture of a data set: a row a class, with a few of its images. */
final class ContactSheet {
  private static final int COLUMNS = 8;
  private static final int MAX_ROWS = 20;
  private static final int TILE = 64;
  private static final int GAP = 4;

  private ContactSheet() {}

  static void write(DataSet data, Path png) throws IOException {
    int rows = Math.min(MAX_ROWS, data.classNames().size());
    BufferedImage sheet =
        new BufferedImage(
            GAP + COLUMNS * (TILE + GAP), GAP + rows * (TILE + GAP), BufferedImage.TYPE_INT_RGB);
    try (Reader reader = new Reader(data.items())) {
      for (int row = 0; row < rows; row++) {
        List<Integer> chosen = spread(data, row);
        for (int column = 0; column < chosen.size(); column++) {
          int[] pixels = reader.read(data.itemOf(chosen.get(column)));
          int x = GAP + column * (TILE + GAP);
          int y = GAP + row * (TILE + GAP);
          sheet.setRGB(x, y, TILE, TILE, pixels, 0, TILE);
        }
      }
    }
    Path folder = png.toAbsolutePath().getParent();
    Files.createDirectories(folder);
    if (!ImageIO.write(sheet, "png", png.toFile())) {
      throw new IOException("This Java platform cannot write PNG files such as " + png + ".");
    }
  }

  /** Images of one class, evenly spread over it. */
  private static List<Integer> spread(DataSet data, int label) {
    int[] members =
        IntStream.range(0, data.count()).filter(i -> data.labelOf(i) == label).toArray();
    int count = Math.min(COLUMNS, members.length);
    List<Integer> chosen = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      chosen.add(members[(int) ((long) i * members.length / count)]);
    }
    return chosen;
  }

  /** Decodes single items in a small graph of its own. */
  private static final class Reader implements AutoCloseable {
    private final Items items;
    private final Graph graph = new Graph();
    private final Map<String, Operand<?>> placeholders = new HashMap<>();
    private final Operand<TInt32> item;
    private final Operand<TUint8> image;
    private final Session session;

    Reader(Items items) {
      this.items = items;
      items.retain();
      Ops tf = Ops.create(graph);
      for (var entry : items.tensors().entrySet()) {
        MapFunction.Value value = MapFunction.Value.like(entry.getKey(), entry.getValue());
        placeholders.put(
            entry.getKey(), tf.placeholder(value.type(), Placeholder.shape(value.shape())));
      }
      item = tf.placeholder(TInt32.class);
      Operand<TUint8> whole = items.image(tf, new MapFunction.Arguments(placeholders), item);
      image = ImageGraph.resizeShorterSideAndCrop(tf, whole, TILE, TILE, TILE);
      session = new Session(graph);
    }

    /** The pixels of a tile, as 0xRRGGBB. */
    int[] read(int index) throws IOException {
      try (TInt32 indexTensor = TInt32.scalarOf(index)) {
        Session.Runner runner = session.runner().fetch(image).feed(item, indexTensor);
        for (var entry : items.tensors().entrySet()) {
          Tensor tensor = entry.getValue();
          runner.feed(placeholders.get(entry.getKey()), tensor);
        }
        byte[] bytes = new byte[TILE * TILE * 3];
        try (Result result = runner.run()) {
          TUint8 tile = (TUint8) result.get(0);
          tile.asRawTensor().data().copyTo(DataBuffers.of(bytes), bytes.length);
        } catch (RuntimeException e) {
          // TensorFlow's exceptions share no type of their own.
          throw new IOException(items.name(index) + " cannot be decoded: " + e.getMessage(), e);
        }
        int[] pixels = new int[TILE * TILE];
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
}
