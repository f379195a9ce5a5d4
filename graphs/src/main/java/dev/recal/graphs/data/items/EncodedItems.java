package dev.recal.graphs.data.items;

import java.util.List;
import java.util.Map;
import org.tensorflow.Operand;
import org.tensorflow.Tensor;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.TString;
import org.tensorflow.types.TUint8;

/** Images as encoded files, wherever their bytes are. */
public final class EncodedItems extends ImageItems {
  private final ByteStore store;
  private final boolean onlyJpeg;
  private final int[] heights;
  private final int[] widths;

  /**
   * Takes over the store.
   *
   * @param onlyJpeg whether all are JPEG files
   * @param heights of the images in pixels
   * @param widths of the images in pixels
   */
  public EncodedItems(
      List<String> names, ByteStore store, boolean onlyJpeg, int[] heights, int[] widths) {
    super(names);
    this.heights = heights;
    this.widths = widths;
    this.store = store;
    this.onlyJpeg = onlyJpeg;
  }

  @Override
  public int height(int item) {
    return heights[item];
  }

  @Override
  public int width(int item) {
    return widths[item];
  }

  /** Whether all are JPEG files, so that parts of them can be decoded. */
  public boolean onlyJpeg() {
    return onlyJpeg;
  }

  @Override
  public Map<String, Tensor> tensors() {
    return store.tensors();
  }

  /** Adds ops that read the bytes of one encoded image. */
  public Operand<TString> bytes(Ops tf, MapFunction.Arguments arguments, Operand<TInt32> item) {
    return store.bytes(tf, arguments, item);
  }

  @Override
  public Operand<TUint8> image(Ops tf, MapFunction.Arguments arguments, Operand<TInt32> item) {
    return ImageGraph.decode(tf, bytes(tf, arguments, item), onlyJpeg);
  }

  @Override
  void freeImages() {
    store.close();
  }
}
