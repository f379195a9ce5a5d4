package dev.recal.graphs.data;

import java.util.List;
import java.util.Map;
import org.tensorflow.Operand;
import org.tensorflow.Tensor;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.TString;
import org.tensorflow.types.TUint8;

/** Images as encoded files. */
final class EncodedItems extends Items {
  private final ByteStore store;
  private final boolean onlyJpeg;
  private final int[] shorterSides;

  EncodedItems(List<String> names, ByteStore store, boolean onlyJpeg, int[] shorterSides) {
    super(names);
    this.shorterSides = shorterSides;
    this.store = store;
    this.onlyJpeg = onlyJpeg;
  }

  @Override
  int shorterSide(int item) {
    return shorterSides[item];
  }

  /** Whether all are JPEG files, so that parts of them can be decoded. */
  boolean onlyJpeg() {
    return onlyJpeg;
  }

  @Override
  Map<String, Tensor> tensors() {
    return store.tensors();
  }

  /** Adds ops that read the bytes of one encoded image. */
  Operand<TString> bytes(Ops tf, MapFunction.Arguments arguments, Operand<TInt32> item) {
    return store.bytes(tf, arguments, item);
  }

  @Override
  Operand<TUint8> image(Ops tf, MapFunction.Arguments arguments, Operand<TInt32> item) {
    return ImageGraph.decode(tf, bytes(tf, arguments, item), onlyJpeg);
  }

  @Override
  void free() {
    store.close();
  }
}
