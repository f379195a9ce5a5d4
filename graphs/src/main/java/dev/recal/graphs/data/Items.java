package dev.recal.graphs.data;

import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.tensorflow.Operand;
import org.tensorflow.Tensor;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.TUint8;

/**
 * The images of a data set without their labels: the ops and tensors that read them. Several views
 * of a data set may share them; the last one to {@linkplain #release() release} it frees its
 * memory.
 */
abstract sealed class Items permits EncodedItems, PixelItems {
  private final List<String> names;
  private final Map<Preparation, Pixels> prepared = new HashMap<>();
  private int owners = 1;

  Items(List<String> names) {
    this.names = List.copyOf(names);
  }

  final int count() {
    return names.size();
  }

  final String name(int item) {
    return names.get(item);
  }

  final List<String> names() {
    return names;
  }

  /** The shorter side of an image in pixels, as its file has it. */
  abstract int shorterSide(int item);

  /** What {@link #image} needs to capture, by argument name; owned by these items. */
  abstract Map<String, Tensor> tensors();

  /**
   * Adds ops that read one image.
   *
   * @param arguments holds {@link #tensors()}
   * @param item index, a scalar
   * @return height×width×3 in 0–255
   */
  abstract Operand<TUint8> image(Ops tf, MapFunction.Arguments arguments, Operand<TInt32> item);

  /** Frees what {@link #tensors()} holds. */
  abstract void free();

  /**
   * Decodes all items at one size, once, and keeps them.
   *
   * @throws IOException if an item cannot be decoded
   */
  final synchronized Pixels prepared(Preparation preparation) throws IOException {
    requireOpen();
    Pixels pixels = prepared.get(preparation);
    if (pixels == null) {
      pixels = prepare(preparation);
      prepared.put(preparation, pixels);
    }
    return pixels;
  }

  Pixels prepare(Preparation preparation) throws IOException {
    DecodePass.Prepared result = DecodePass.prepare(this, preparation);
    if (!result.failures().isEmpty()) {
      result.pixels().close();
      throw new IOException(
          result.failures().get(0)
              + "; open the data set with Validation.DECODE to skip such files.");
    }
    return result.pixels();
  }

  final synchronized void retain() {
    requireOpen();
    owners++;
  }

  final synchronized void release() {
    requireOpen();
    owners--;
    if (owners == 0) {
      prepared.values().forEach(Pixels::close);
      prepared.clear();
      free();
    }
  }

  final synchronized void requireOpen() {
    if (owners == 0) {
      throw new IllegalStateException("The data set has been closed.");
    }
  }
}
