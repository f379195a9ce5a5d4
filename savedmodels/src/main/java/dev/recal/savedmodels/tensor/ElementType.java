package dev.recal.savedmodels.tensor;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import org.tensorflow.proto.DataType;

/** The element types that can be converted between Java arrays and TensorFlow. */
public enum ElementType {
  /** In a {@code float[]}. */
  FLOAT32(DataType.DT_FLOAT, float[].class, 4),
  /** In a {@code double[]}. */
  FLOAT64(DataType.DT_DOUBLE, double[].class, 8),
  /** IEEE half precision, in a {@code float[]}. */
  FLOAT16(DataType.DT_HALF, float[].class, 2),
  /** The upper half of a float32, in a {@code float[]}. */
  BFLOAT16(DataType.DT_BFLOAT16, float[].class, 2),
  /** In an {@code int[]}. */
  INT32(DataType.DT_INT32, int[].class, 4),
  /** In a {@code long[]}. */
  INT64(DataType.DT_INT64, long[].class, 8),
  /** In a {@code byte[]}, as unsigned values. */
  UINT8(DataType.DT_UINT8, byte[].class, 1),
  /** In a {@code boolean[]}. */
  BOOL(DataType.DT_BOOL, boolean[].class, 1),
  /** Strings of bytes, in a {@code byte[][]}. */
  STRING(DataType.DT_STRING, byte[][].class, 0);

  private final DataType proto;
  private final Class<?> array;
  private final int bytes;

  ElementType(DataType proto, Class<?> array, int bytes) {
    this.proto = proto;
    this.array = array;
    this.bytes = bytes;
  }

  /** Returns TensorFlow's name of the type. */
  public DataType proto() {
    return proto;
  }

  /** Returns the class of the arrays that hold such elements. */
  public Class<?> array() {
    return array;
  }

  /**
   * Returns the size of one element in TensorFlow's memory, in bytes; 0 for strings, which have no
   * fixed size.
   */
  public int bytes() {
    return bytes;
  }

  /** Returns the type with TensorFlow's name, if it is supported. */
  public static Optional<ElementType> of(DataType proto) {
    return Arrays.stream(values()).filter(type -> type.proto == proto).findFirst();
  }

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
