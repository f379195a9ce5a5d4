package dev.recal.graphs.data.items;

import dev.recal.ops.runtime.TensorFlowLibrary;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.ByteDataBuffer;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.types.TUint8;

/**
 * Images of one size in native memory. They are preceded by one image of zeros, so that an index
 * clipped to 0 reads padding.
 */
public final class Pixels implements AutoCloseable {
  /** Indices of pixels stay below this, so that sums with {@link #OUTSIDE} cannot overflow. */
  private static final int MAX_PIXELS = 1 << 30;

  /** Added to the index of a pixel, once or twice, makes it negative. */
  public static final int OUTSIDE = -MAX_PIXELS;

  private final TUint8 tensor;
  private final int count;
  private final int height;
  private final int width;

  /** Memory for images, their content undefined. */
  public Pixels(int count, int height, int width) {
    this.count = count;
    this.height = height;
    this.width = width;
    TensorFlowLibrary.require();
    tensor = TUint8.tensorOf(Shape.of(count + 1L, height, width, 3));
    int imageBytes = Math.toIntExact(imageBytes());
    data().write(new byte[imageBytes]);
  }

  /** (1 + count)×height×width×3. */
  public TUint8 tensor() {
    return tensor;
  }

  int count() {
    return count;
  }

  public int height() {
    return height;
  }

  public int width() {
    return width;
  }

  public long imageBytes() {
    return bytes(1, height, width);
  }

  /** Writes images from interleaved RGB bytes. */
  public void write(int first, byte[] bytes, int offset, int length) {
    data().offset((1L + first) * imageBytes()).write(bytes, offset, length);
  }

  /** Copies images from a tensor of n×height×width×3. */
  void write(int first, TUint8 images) {
    ByteDataBuffer source = images.asRawTensor().data();
    source.copyTo(data().offset((1L + first) * imageBytes()), source.size());
  }

  /** Copies one image from a tensor of n×height×width×3. */
  void write(int target, TUint8 images, int image) {
    ByteDataBuffer source = images.asRawTensor().data();
    source
        .slice(image * imageBytes(), imageBytes())
        .copyTo(data().offset((1L + target) * imageBytes()), imageBytes());
  }

  /** The interleaved RGB bytes of one image. */
  byte[] read(int image) {
    byte[] bytes = new byte[Math.toIntExact(imageBytes())];
    data().offset((1L + image) * imageBytes()).copyTo(DataBuffers.of(bytes), bytes.length);
    return bytes;
  }

  private ByteDataBuffer data() {
    return tensor.asRawTensor().data();
  }

  /** The memory of a number of images. */
  static long bytes(long count, int height, int width) {
    return Math.multiplyExact(Math.multiplyExact(count, 3L * height), (long) width);
  }

  /**
   * Whether this many images fit into memory: within a limit, and with pixel indices of 30 bits.
   */
  public static boolean fits(long count, int height, int width, long limit) {
    double pixels = (count + 1.0) * height * width;
    return pixels < MAX_PIXELS && 3 * pixels <= limit;
  }

  @Override
  public void close() {
    tensor.close();
  }
}
