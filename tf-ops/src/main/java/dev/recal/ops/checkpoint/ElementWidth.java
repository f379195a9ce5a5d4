package dev.recal.ops.checkpoint;

import org.tensorflow.proto.DataType;

/** How many bytes an element takes in TensorFlow's memory. */
public final class ElementWidth {

  private static final int STRING = 24;
  private static final int HANDLE = 64;

  private ElementWidth() {}

  /** Returns the minimum number of bytes of one element; 0 for an unknown element type. */
  public static int of(DataType type) {
    return switch (type) {
      case DT_BOOL,
          DT_UINT8,
          DT_INT8,
          DT_QINT8,
          DT_QUINT8,
          DT_INT4,
          DT_UINT4,
          DT_FLOAT8_E5M2,
          DT_FLOAT8_E4M3FN ->
          1;
      case DT_HALF, DT_BFLOAT16, DT_INT16, DT_UINT16, DT_QINT16, DT_QUINT16 -> 2;
      case DT_FLOAT, DT_INT32, DT_UINT32, DT_QINT32 -> 4;
      case DT_DOUBLE, DT_INT64, DT_UINT64, DT_COMPLEX64 -> 8;
      case DT_COMPLEX128 -> 16;
      case DT_STRING -> STRING;
      case DT_RESOURCE, DT_VARIANT -> HANDLE;
      default -> 0;
    };
  }

  /** Returns whether elements have the same layout in the file as in memory. */
  public static boolean isPlain(DataType type) {
    return type != DataType.DT_STRING
        && type != DataType.DT_RESOURCE
        && type != DataType.DT_VARIANT
        && of(type) != 0;
  }
}
