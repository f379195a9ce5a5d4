package dev.recal.savedmodels.check;

import dev.recal.ops.checkpoint.ElementWidth;
import java.util.List;
import org.tensorflow.proto.AttrValue;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.NameAttrList;
import org.tensorflow.proto.TensorProto;
import org.tensorflow.proto.TensorShapeProto;

/**
 * Checks the tensors and shapes in attributes. A {@link TensorProto} with fewer values than its
 * shape takes repeats the last one, so a few bytes can claim any amount of memory.
 */
final class TensorCheck {

  private static final int MAX_RANK = 254;

  private final long limit;
  private long claimed;

  TensorCheck(CheckLimits limits) {
    this.limit = limits.claimedBytes();
  }

  void attribute(String place, AttrValue value) throws Problem {
    switch (value.getValueCase()) {
      case TENSOR -> tensor(place, value.getTensor());
      case SHAPE -> shape(place, value.getShape());
      case TYPE -> type(place, value.getTypeValue());
      case FUNC -> function(place, value.getFunc());
      case LIST -> list(place, value.getList());
      default -> {
        // Numbers, strings and placeholders take only the memory of their contents.
      }
    }
  }

  private void list(String place, AttrValue.ListValue list) throws Problem {
    for (TensorProto tensor : list.getTensorList()) {
      tensor(place, tensor);
    }
    for (TensorShapeProto shape : list.getShapeList()) {
      shape(place, shape);
    }
    for (int type : list.getTypeValueList()) {
      type(place, type);
    }
    for (NameAttrList function : list.getFuncList()) {
      function(place, function);
    }
  }

  private void function(String place, NameAttrList function) throws Problem {
    for (AttrValue value : function.getAttrMap().values()) {
      attribute(place, value);
    }
  }

  private static void type(String place, int type) throws Problem {
    if (DataType.forNumber(type) == null) {
      throw new Problem("%s has the unknown element type %d", place, type);
    }
  }

  /** Returns the number of elements, −1 if a dimension or the rank is free. */
  static long shape(String place, TensorShapeProto shape) throws Problem {
    if (shape.getDimCount() > MAX_RANK) {
      throw new Problem(
          "%s has a shape of %d dimensions, more than %d", place, shape.getDimCount(), MAX_RANK);
    }
    long size = 1;
    boolean free = shape.getUnknownRank();
    for (TensorShapeProto.Dim dimension : shape.getDimList()) {
      long length = dimension.getSize();
      if (length < -1) {
        throw new Problem("%s has a shape with the negative size %d", place, length);
      }
      free |= length == -1;
      // As in TensorFlow, sizes are multiplied even if another one is free.
      size = length < 0 ? size : product(place, size, length);
    }
    return free ? -1 : size;
  }

  private static long product(String place, long size, long length) throws Problem {
    try {
      return Math.multiplyExact(size, length);
    } catch (ArithmeticException e) {
      throw new Problem("%s has a shape of more elements than can be counted", place);
    }
  }

  private void tensor(String place, TensorProto tensor) throws Problem {
    long elements = shape(place, tensor.getTensorShape());
    type(place, tensor.getDtypeValue());
    if (elements < 0) {
      throw new Problem("%s has a value without a definite shape", place);
    }
    int width = ElementWidth.of(tensor.getDtype());
    if (width == 0) {
      throw new Problem("%s has a value without an element type", place);
    }
    long bytes = product(place, elements, width);
    long content = tensor.getTensorContent().size();
    boolean plain = ElementWidth.isPlain(tensor.getDtype());
    if (content > 0 && plain && content != bytes) {
      throw new Problem(
          "%s has a value of %,d bytes, but its shape takes %,d", place, content, bytes);
    }
    // Strings and handles take at least one byte in the file, and `width` bytes in memory.
    long written = content > 0 ? (plain ? bytes : content * width) : values(tensor) * width;
    long missing = Math.max(0, bytes - written);
    if (missing > limit - claimed) {
      throw new Problem(
          "%s claims %,d bytes of memory for values that it does not contain; in total, %,d are"
              + " allowed",
          place, missing, limit);
    }
    claimed += missing;
    for (var variant : tensor.getVariantValList()) {
      for (TensorProto nested : variant.getTensorsList()) {
        tensor(place, nested);
      }
    }
  }

  private static long values(TensorProto tensor) {
    return switch (tensor.getDtype()) {
      case DT_STRING -> tensor.getStringValCount();
      case DT_COMPLEX64 -> tensor.getScomplexValCount() / 2;
      case DT_COMPLEX128 -> tensor.getDcomplexValCount() / 2;
      default -> longest(tensor);
    };
  }

  private static long longest(TensorProto tensor) {
    return List.of(
            tensor.getHalfValCount(),
            tensor.getFloatValCount(),
            tensor.getDoubleValCount(),
            tensor.getIntValCount(),
            tensor.getInt64ValCount(),
            tensor.getBoolValCount(),
            tensor.getUint32ValCount(),
            tensor.getUint64ValCount(),
            tensor.getFloat8Val().size(),
            tensor.getVariantValCount(),
            tensor.getResourceHandleValCount())
        .stream()
        .mapToLong(Integer::longValue)
        .max()
        .orElse(0);
  }
}
