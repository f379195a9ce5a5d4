package dev.recal.graphs.data.items;

import java.util.BitSet;
import java.util.List;
import java.util.Map;
import org.tensorflow.Operand;
import org.tensorflow.Tensor;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.TUint8;

/** Images of one size, decoded in memory. */
public final class PixelItems extends ImageItems {
  private static final String PIXELS = "item_pixels";

  private final Pixels pixels;

  /** Takes over the pixels. */
  public PixelItems(List<String> names, Pixels pixels) {
    super(names);
    this.pixels = pixels;
  }

  @Override
  public int height(int item) {
    return pixels.height();
  }

  @Override
  public int width(int item) {
    return pixels.width();
  }

  @Override
  public Map<String, Tensor> tensors() {
    return Map.of(PIXELS, pixels.tensor());
  }

  @Override
  public Operand<TUint8> image(Ops tf, MapFunction.Arguments arguments, Operand<TInt32> item) {
    Operand<TInt32> afterZeros = tf.math.add(item, tf.constant(1));
    return tf.gather(arguments.get(PIXELS, TUint8.class), afterZeros, tf.constant(0));
  }

  @Override
  Prepared prepare(Preparation preparation) {
    if (preparation.isIdentity(pixels.height(), pixels.width())) {
      return new Prepared(pixels, new BitSet());
    }
    return super.prepare(preparation);
  }

  @Override
  void freeImages() {
    pixels.close();
  }
}
