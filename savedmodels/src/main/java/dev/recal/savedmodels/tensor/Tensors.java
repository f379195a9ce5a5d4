package dev.recal.savedmodels.tensor;

import org.tensorflow.Tensor;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.types.TBfloat16;
import org.tensorflow.types.TBool;
import org.tensorflow.types.TFloat16;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TFloat64;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.TInt64;
import org.tensorflow.types.TString;
import org.tensorflow.types.TUint8;

/** Copies values between Java arrays and TensorFlow's memory, always in bulk. */
public final class Tensors {

  private Tensors() {}

  /** Copies a value into a new tensor, which the caller closes. */
  public static Tensor toTensor(TensorValue value) {
    return switch (value.type()) {
      case FLOAT32 -> TFloat32.tensorOf(value.shape(), DataBuffers.of(value.floats()));
      case FLOAT64 -> TFloat64.tensorOf(value.shape(), DataBuffers.of(value.doubles()));
      case FLOAT16 ->
          written(TFloat16.tensorOf(value.shape()), HalfPrecision.toHalf(value.floats()));
      case BFLOAT16 ->
          written(TBfloat16.tensorOf(value.shape()), HalfPrecision.toBfloat16(value.floats()));
      case INT32 -> TInt32.tensorOf(value.shape(), DataBuffers.of(value.ints()));
      case INT64 -> TInt64.tensorOf(value.shape(), DataBuffers.of(value.longs()));
      case UINT8 -> TUint8.tensorOf(value.shape(), DataBuffers.of(value.unsignedBytes()));
      case BOOL -> TBool.tensorOf(value.shape(), DataBuffers.of(value.booleans()));
      case STRING ->
          TString.tensorOfBytes(value.shape(), DataBuffers.of(value.byteStrings(), true, false));
    };
  }

  private static Tensor written(Tensor tensor, short[] bits) {
    tensor.asRawTensor().data().asShorts().write(bits);
    return tensor;
  }

  private static short[] bits(Tensor tensor, int length) {
    short[] bits = new short[length];
    tensor.asRawTensor().data().asShorts().read(bits);
    return bits;
  }

  /**
   * Copies a tensor's elements into Java's memory.
   *
   * @throws IllegalArgumentException if its element type is not in {@link ElementType}
   */
  public static TensorValue toValue(Tensor tensor) {
    ElementType type =
        ElementType.of(tensor.dataType())
            .orElseThrow(
                () ->
                    new IllegalArgumentException(
                        "tensor: expected float16, bfloat16, float32, float64, int32, int64, uint8,"
                            + " bool or string, but got "
                            + tensor.dataType()
                            + "."));
    return new TensorValue(type, tensor.shape(), elements(type, tensor));
  }

  private static Object elements(ElementType type, Tensor tensor) {
    int length = Math.toIntExact(tensor.shape().size());
    switch (type) {
      case FLOAT32 -> {
        float[] array = new float[length];
        tensor.asRawTensor().data().asFloats().read(array);
        return array;
      }
      case FLOAT64 -> {
        double[] array = new double[length];
        tensor.asRawTensor().data().asDoubles().read(array);
        return array;
      }
      case FLOAT16 -> {
        return HalfPrecision.fromHalf(bits(tensor, length));
      }
      case BFLOAT16 -> {
        return HalfPrecision.fromBfloat16(bits(tensor, length));
      }
      case INT32 -> {
        int[] array = new int[length];
        tensor.asRawTensor().data().asInts().read(array);
        return array;
      }
      case INT64 -> {
        long[] array = new long[length];
        tensor.asRawTensor().data().asLongs().read(array);
        return array;
      }
      case UINT8 -> {
        byte[] array = new byte[length];
        tensor.asRawTensor().data().read(array);
        return array;
      }
      case BOOL -> {
        boolean[] array = new boolean[length];
        tensor.asRawTensor().data().asBooleans().read(array);
        return array;
      }
      case STRING -> {
        byte[][] array = new byte[length][];
        int[] next = {0};
        ((TString) tensor).asBytes().scalars().forEach(s -> array[next[0]++] = s.getObject());
        return array;
      }
    }
    throw new IllegalStateException("Unknown element type " + type + ".");
  }
}
