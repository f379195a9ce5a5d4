package dev.recal.models.faces;

import com.google.gson.JsonObject;
import dev.recal.graphs.data.items.DecodedImage;
import dev.recal.models.predict.ImageFiles;
import dev.recal.ops.files.FileFailures;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntConsumer;
import java.util.zip.CRC32;

/**
 * The embeddings of the images of a folder in a file, so that a million of them need neither memory
 * nor a second computation. An interrupted computation continues at the last chunk.
 *
 * <p>{@code embeddings.f32} holds little-endian float32 rows, each an embedding of length 1: first
 * that of a fixed test image, which shows whether another network wrote the file, then one for each
 * file in the order of the paths; a file that cannot be used has a row of NaN. {@code
 * embeddings.json} records what they are of.
 *
 * @param folder of the images
 * @param files in the order of the rows
 * @param dimensions values of a row
 * @param data the file of rows
 */
public record EmbeddingStore(
    Path folder, List<ImageFiles.ImageFile> files, int dimensions, Path data) {

  private static final String DATA = "embeddings.f32";
  private static final String SETTINGS = "embeddings.json";
  private static final int CHUNK = 256;
  private static final int CHANNELS = 3;
  // Devices and batch sizes change the last digits only.
  private static final double SAME = 1e-3;

  /** Copies the list. */
  public EmbeddingStore {
    files = List.copyOf(files);
  }

  /**
   * Computes the embeddings of a folder's images, or the rest of them.
   *
   * @param folder searched recursively
   * @param directory of the files, created if absent
   * @param progress gets the number of images done after each chunk
   * @throws IOException if files cannot be read or written, or the directory is of other images or
   *     another network
   */
  public static EmbeddingStore fill(
      ImageEmbeddings embeddings, Path folder, Path directory, IntConsumer progress)
      throws IOException {
    List<ImageFiles.ImageFile> files = ImageFiles.find(List.of(folder));
    int dimensions = embeddings.embedder().dimensions();
    JsonObject settings = new JsonObject();
    settings.addProperty("folder", folder.toAbsolutePath().normalize().toString());
    settings.addProperty("files", files.size());
    settings.addProperty("namesCrc32", checksum(folder, files));
    settings.addProperty("dimensions", dimensions);
    settings.addProperty("mirrored", embeddings.mirrored());
    BegunDirectory.require(directory, SETTINGS, settings);
    EmbeddingStore store = new EmbeddingStore(folder, files, dimensions, directory.resolve(DATA));
    try (FileChannel channel = store.open()) {
      store.fill(embeddings, channel, progress);
    }
    return store;
  }

  private FileChannel open() throws IOException {
    try {
      return FileChannel.open(
          data, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
    } catch (IOException failure) {
      throw FileFailures.writing(data, failure);
    }
  }

  private static String checksum(Path folder, List<ImageFiles.ImageFile> files) {
    CRC32 sum = new CRC32();
    for (ImageFiles.ImageFile file : files) {
      String inside = folder.relativize(file.file()).toString().replace('\\', '/');
      sum.update((inside + "\n").getBytes(StandardCharsets.UTF_8));
    }
    return Long.toHexString(sum.getValue());
  }

  private void fill(ImageEmbeddings embeddings, FileChannel channel, IntConsumer progress)
      throws IOException {
    float[] test = testRow(embeddings.embedder());
    long rows = channel.size() / rowBytes();
    if (rows == 0) {
      channel.truncate(0);
      append(channel, List.of(test));
      rows = 1;
    } else {
      requireSame(test, row(channel));
    }
    // A killed process may have left part of a row.
    channel.truncate(rows * rowBytes());
    channel.position(rows * rowBytes());
    for (int done = (int) (rows - 1); done < files.size(); done += CHUNK) {
      List<ImageFiles.ImageFile> chunk = files.subList(done, Math.min(files.size(), done + CHUNK));
      append(channel, rows(embeddings, chunk));
      progress.accept(done + chunk.size());
    }
  }

  private List<float[]> rows(ImageEmbeddings embeddings, List<ImageFiles.ImageFile> chunk)
      throws IOException {
    Map<Path, float[]> found = new HashMap<>();
    embeddings.of(
        chunk,
        false,
        (file, embedding) -> found.put(file.file(), ImageEmbeddings.normalised(embedding)));
    float[] unusable = new float[dimensions];
    Arrays.fill(unusable, Float.NaN);
    return chunk.stream().map(file -> found.getOrDefault(file.file(), unusable)).toList();
  }

  private static float[] testRow(Embedder embedder) {
    int size = embedder.imageSize();
    byte[] pixels = new byte[size * size * CHANNELS];
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = (byte) (i * 37 + i / size * 11);
    }
    DecodedImage image = new DecodedImage(size, size, CHANNELS, pixels);
    return ImageEmbeddings.normalised(embedder.embed(List.of(image))[0]);
  }

  private void requireSame(float[] test, float[] stored) throws IOException {
    double squares = 0;
    for (int i = 0; i < dimensions; i++) {
      squares += Math.pow((double) test[i] - stored[i], 2);
    }
    if (!(squares <= SAME * SAME)) {
      throw new IOException(
          "File " + data + " was written by another network; choose another directory.");
    }
  }

  private int rowBytes() {
    return dimensions * Float.BYTES;
  }

  private void append(FileChannel channel, List<float[]> rows) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(rows.size() * rowBytes()).order(ByteOrder.LITTLE_ENDIAN);
    rows.forEach(
        row -> {
          for (float value : row) {
            bytes.putFloat(value);
          }
        });
    bytes.flip();
    try {
      while (bytes.hasRemaining()) {
        channel.write(bytes);
      }
    } catch (IOException failure) {
      throw FileFailures.writing(data, failure);
    }
  }

  private float[] row(FileChannel channel) throws IOException {
    float[] row = new float[dimensions];
    read(channel, row, rowBytes());
    return row;
  }

  // Fills the array from the channel's position, and returns the number of values.
  private static int read(FileChannel channel, float[] values, int bytes) throws IOException {
    ByteBuffer buffer = ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
    int got = 0;
    while (buffer.hasRemaining() && got >= 0) {
      got = channel.read(buffer);
    }
    buffer.flip();
    int count = buffer.remaining() / Float.BYTES;
    buffer.asFloatBuffer().get(values, 0, count);
    return count;
  }

  /** Takes rows one block after the other. */
  @FunctionalInterface
  public interface Use<T> {
    /** Takes them. */
    T of(EmbeddingRows rows) throws IOException;
  }

  /**
   * Opens the rows of the files, without the test image's.
   *
   * @throws IOException if they cannot be read
   */
  public <T> T read(Use<T> use) throws IOException {
    try (FileChannel channel = FileChannel.open(data, StandardOpenOption.READ)) {
      channel.position(rowBytes());
      return use.of(block -> read(channel, block, block.length * Float.BYTES) / dimensions);
    }
  }

  /** Returns the files that could not be used. */
  public List<Path> unusable() throws IOException {
    return read(
        rows -> {
          List<Path> found = new ArrayList<>();
          float[] block = new float[CHUNK * dimensions];
          int at = 0;
          for (int count = rows.read(block); count > 0; count = rows.read(block)) {
            for (int i = 0; i < count; i++) {
              if (Float.isNaN(block[i * dimensions])) {
                found.add(files.get(at + i).file());
              }
            }
            at += count;
          }
          return found;
        });
  }
}
