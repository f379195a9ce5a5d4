package dev.recal.savedmodels.weights;

import java.util.Arrays;
import java.util.Optional;

/** The element types of a safetensors file that this project reads. */
public enum SafetensorsType {
  /** IEEE double precision. */
  F64(8),
  /** IEEE single precision. */
  F32(4),
  /** IEEE half precision; becomes float on reading. */
  F16(2),
  /** The upper half of a float32; becomes float on reading. */
  BF16(2),
  /** Signed, 64 bits. */
  I64(8),
  /** Signed, 32 bits. */
  I32(4),
  /** Signed, 16 bits; becomes int32 on reading. */
  I16(2),
  /** Signed, 8 bits; becomes int32 on reading. */
  I8(1),
  /** Unsigned, 64 bits; becomes int64 on reading if it fits. */
  U64(8),
  /** Unsigned, 32 bits; becomes int64 on reading. */
  U32(4),
  /** Unsigned, 16 bits; becomes int32 on reading. */
  U16(2),
  /** Unsigned, 8 bits. */
  U8(1),
  /** One byte, 0 or 1. */
  BOOL(1);

  private final int bytes;

  SafetensorsType(int bytes) {
    this.bytes = bytes;
  }

  /** Returns the size of an element in the file. */
  public int bytes() {
    return bytes;
  }

  static Optional<SafetensorsType> named(String name) {
    return Arrays.stream(values()).filter(type -> type.name().equals(name)).findFirst();
  }
}
