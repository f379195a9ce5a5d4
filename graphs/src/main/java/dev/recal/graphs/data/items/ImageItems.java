package dev.recal.graphs.data.items;

import java.nio.file.Path;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.TUint8;

/** Images of any sizes, encoded or decoded, and how a graph reads one. */
public abstract sealed class ImageItems extends Items permits EncodedItems, PixelItems {
  private final Map<Preparation, Prepared> prepared = new HashMap<>();
  private final UnreadableItems unreadable = new UnreadableItems();
  private TInt32 sides;

  ImageItems(List<String> names) {
    super(names);
  }

  /** The height of an upright image in pixels. */
  public abstract int height(int item);

  /** The width of an upright image in pixels. */
  public abstract int width(int item);

  /** The heights and widths of the upright images in pixels, (count, 2); owned by these items. */
  public final synchronized TInt32 sides() {
    requireOpen();
    if (sides == null) {
      int[] values = new int[2 * count()];
      for (int item = 0; item < count(); item++) {
        values[2 * item] = height(item);
        values[2 * item + 1] = width(item);
      }
      sides = TInt32.tensorOf(Shape.of(count(), 2), DataBuffers.of(values));
    }
    return sides;
  }

  /** Returns the file that holds an image among others; empty if there is none. */
  public Optional<Path> container(int item) {
    return Optional.empty();
  }

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
   * All items decoded and brought to one size.
   *
   * @param pixels the images, those of unreadable items undefined
   * @param unreadable the items that cannot be decoded
   */
  public record Prepared(Pixels pixels, BitSet unreadable) {}

  /** Decodes all items and resizes them to one size; the result is cached. */
  public final synchronized Prepared prepared(Preparation preparation) {
    requireOpen();
    return prepared.computeIfAbsent(preparation, this::prepare);
  }

  /** The items found unreadable so far. */
  public final UnreadableItems unreadable() {
    return unreadable;
  }

  Prepared prepare(Preparation preparation) {
    DecodePass.Prepared result = DecodePass.prepareInPlace(this, preparation);
    BitSet failed = new BitSet();
    for (DecodePass.Failure failure : result.failures()) {
      failed.set(failure.item());
    }
    return new Prepared(result.pixels(), failed);
  }

  /** Frees the encoded or decoded images themselves. */
  abstract void freeImages();

  @Override
  final void free() {
    prepared.values().forEach(images -> images.pixels().close());
    prepared.clear();
    if (sides != null) {
      sides.close();
    }
    freeImages();
  }
}
