package dev.recal.savedmodels.weights;

import dev.recal.savedmodels.tensor.ElementType;
import dev.recal.savedmodels.tensor.HalfPrecision;
import dev.recal.savedmodels.tensor.TensorValue;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import org.tensorflow.ndarray.Shape;

/** The bytes of one tensor of a safetensors file. */
final class SafetensorsData {

  private SafetensorsData() {}

  /**
   * Copies a tensor out of a file's bytes.
   *
   * @param data little-endian, exactly the tensor's bytes
   * @throws ArithmeticException if an unsigned integer is too large for a signed one
   */
  static TensorValue decode(SafetensorsType type, Shape shape, ByteBuffer data) {
    int length = data.remaining() / type.bytes();
    return switch (type) {
      case F64 -> {
        double[] array = new double[length];
        data.asDoubleBuffer().get(array);
        yield new TensorValue(ElementType.FLOAT64, shape, array);
      }
      case F32 -> {
        float[] array = new float[length];
        data.asFloatBuffer().get(array);
        yield new TensorValue(ElementType.FLOAT32, shape, array);
      }
      case F16, BF16 -> {
        short[] bits = shorts(data, length);
        float[] array =
            type == SafetensorsType.F16
                ? HalfPrecision.fromHalf(bits)
                : HalfPrecision.fromBfloat16(bits);
        yield new TensorValue(ElementType.FLOAT32, shape, array);
      }
      case I64, U64, U32 -> new TensorValue(ElementType.INT64, shape, longs(type, data, length));
      case I32, I16, U16, I8 -> new TensorValue(ElementType.INT32, shape, ints(type, data, length));
      case U8 -> {
        byte[] array = new byte[length];
        data.get(array);
        yield new TensorValue(ElementType.UINT8, shape, array);
      }
      case BOOL -> {
        boolean[] array = new boolean[length];
        for (int i = 0; i < length; i++) {
          array[i] = data.get(i) != 0;
        }
        yield new TensorValue(ElementType.BOOL, shape, array);
      }
    };
  }

  private static short[] shorts(ByteBuffer data, int length) {
    short[] array = new short[length];
    data.asShortBuffer().get(array);
    return array;
  }

  private static int[] ints(SafetensorsType type, ByteBuffer data, int length) {
    int[] array = new int[length];
    switch (type) {
      case I32 -> data.asIntBuffer().get(array);
      case I16 -> Arrays.setAll(array, i -> data.getShort(2 * i));
      case U16 -> Arrays.setAll(array, i -> Short.toUnsignedInt(data.getShort(2 * i)));
      default -> Arrays.setAll(array, data::get);
    }
    return array;
  }

  private static long[] longs(SafetensorsType type, ByteBuffer data, int length) {
    long[] array = new long[length];
    if (type == SafetensorsType.U32) {
      Arrays.setAll(array, i -> Integer.toUnsignedLong(data.getInt(4 * i)));
      return array;
    }
    data.asLongBuffer().get(array);
    if (type == SafetensorsType.U64) {
      for (long value : array) {
        if (value < 0) {
          throw new ArithmeticException(
              "it contains " + Long.toUnsignedString(value) + ", which exceeds int64");
        }
      }
    }
    return array;
  }

  static ByteBuffer encode(TensorValue value) {
    int bytes = Math.multiplyExact(value.length(), value.type().bytes());
    ByteBuffer buffer = ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
    switch (value.type()) {
      case FLOAT64 -> buffer.asDoubleBuffer().put(value.doubles());
      case FLOAT32 -> buffer.asFloatBuffer().put(value.floats());
      case FLOAT16 -> buffer.asShortBuffer().put(HalfPrecision.toHalf(value.floats()));
      case BFLOAT16 -> buffer.asShortBuffer().put(HalfPrecision.toBfloat16(value.floats()));
      case INT64 -> buffer.asLongBuffer().put(value.longs());
      case INT32 -> buffer.asIntBuffer().put(value.ints());
      case UINT8 -> buffer.put(0, value.unsignedBytes());
      case BOOL -> {
        boolean[] array = value.booleans();
        for (int i = 0; i < array.length; i++) {
          buffer.put(i, array[i] ? (byte) 1 : 0);
        }
      }
      case STRING -> throw new IllegalStateException("Strings have no fixed size.");
    }
    return buffer;
  }
}
