package dev.recal.graphs.data.items;

import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.TUint8;

/** Images of any sizes, encoded or decoded, and how a graph reads one. */
public abstract sealed class ImageItems extends Items permits EncodedItems, PixelItems {
  private final Map<Preparation, Pixels> prepared = new HashMap<>();

  ImageItems(List<String> names) {
    super(names);
  }

  /** The height of an image in pixels, as its file has it. */
  public abstract int height(int item);

  /** The width of an image in pixels, as its file has it. */
  public abstract int width(int item);

  /**
   * Adds ops that read one image.
   *
   * @param arguments holds {@link #tensors()}
   * @param item index, a scalar
   * @return height×width×3 in 0–255
   */
  public abstract Operand<TUint8> image(
      Ops tf, MapFunction.Arguments arguments, Operand<TInt32> item);

  /**
   * All items decoded and brought to one size, done once and kept.
   *
   * @throws IOException if an item cannot be decoded
   */
  public final synchronized Pixels prepared(Preparation preparation) throws IOException {
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
      DecodePass.Failure first = result.failures().get(0);
      throw new IOException(
          (first.name() + " " + first.reason())
              + "; open the data set with Validation.DECODE to leave such files out.");
    }
    return result.pixels();
  }

  /** Frees the encoded or decoded images themselves. */
  abstract void freeImages();

  @Override
  final void free() {
    prepared.values().forEach(Pixels::close);
    prepared.clear();
    freeImages();
  }
}
