package dev.recal.savedmodels.serving;

import com.google.protobuf.ByteString;
import dev.recal.savedmodels.tensor.ElementType;
import dev.recal.savedmodels.tensor.HalfPrecision;
import dev.recal.savedmodels.tensor.TensorValue;
import java.lang.reflect.Array;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.function.IntFunction;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.TensorProto;
import org.tensorflow.proto.TensorShapeProto;

/** Tensors as TensorFlow's message {@code TensorProto}, in both directions. */
public final class TensorMessages {

  private static final long MAX_BYTES = Integer.MAX_VALUE - 64L;

  private TensorMessages() {}

  /**
   * Returns a value as a message: strings one by one, numbers as little-endian bytes.
   *
   * @throws IllegalArgumentException if its bytes do not fit one array
   */
  public static TensorProto of(TensorValue value) {
    TensorProto.Builder message =
        TensorProto.newBuilder()
            .setDtype(value.type().proto())
            .setTensorShape(shape(value.shape()));
    if (value.type() == ElementType.STRING) {
      for (byte[] string : value.byteStrings()) {
        message.addStringVal(ByteString.copyFrom(string));
      }
      return message.build();
    }
    return message.setTensorContent(content(value)).build();
  }

  /**
   * Returns a float32 tensor whose elements are all equal, in a few bytes regardless of its size.
   */
  public static TensorProto filled(float element, Shape shape) {
    return TensorProto.newBuilder()
        .setDtype(DataType.DT_FLOAT)
        .setTensorShape(shape(shape))
        .addFloatVal(element)
        .build();
  }

  /**
   * Returns the value of a message. As in TensorFlow, elements missing at the end are copies of the
   * last given one, or zero.
   *
   * @throws IllegalArgumentException if the message has an element type that is not in {@link
   *     ElementType}, an unknown shape, too many elements for a Java array or for its shape, or
   *     bytes whose length does not match its shape
   */
  public static TensorValue read(TensorProto message) {
    ElementType type =
        ElementType.of(message.getDtype())
            .orElseThrow(
                () ->
                    new IllegalArgumentException(
                        "message: expected a supported element type, but got a tensor of "
                            + message.getDtype()
                            + "."));
    int length = length(message.getTensorShape(), Math.max(1, type.bytes()));
    Shape shape = shape(message.getTensorShape());
    boolean content = !message.getTensorContent().isEmpty();
    Object data =
        content
            ? fromContent(type, message.getTensorContent(), length)
            : fromElements(type, message, length);
    return new TensorValue(type, shape, data);
  }

  private static TensorShapeProto shape(Shape shape) {
    TensorShapeProto.Builder message = TensorShapeProto.newBuilder();
    for (long size : shape.asArray()) {
      message.addDim(TensorShapeProto.Dim.newBuilder().setSize(size));
    }
    return message.build();
  }

  private static Shape shape(TensorShapeProto message) {
    return Shape.of(
        message.getDimList().stream().mapToLong(TensorShapeProto.Dim::getSize).toArray());
  }

  private static int length(TensorShapeProto shape, int bytes) {
    if (shape.getUnknownRank()) {
      throw new IllegalArgumentException("message: expected a tensor of known shape.");
    }
    long length = 1;
    for (TensorShapeProto.Dim dimension : shape.getDimList()) {
      long size = dimension.getSize();
      if (size < 0 || (size > 0 && length > MAX_BYTES / size / bytes)) {
        throw new IllegalArgumentException(
            "message: expected sizes that fit into a Java array, but got "
                + shape.getDimList().stream().map(TensorShapeProto.Dim::getSize).toList()
                + ".");
      }
      length *= size;
    }
    return (int) length;
  }

  private static ByteString content(TensorValue value) {
    long bytes = (long) value.length() * value.type().bytes();
    if (bytes > MAX_BYTES) {
      throw new IllegalArgumentException(
          "value: expected at most "
              + MAX_BYTES
              + " bytes for one message, but "
              + value
              + " takes "
              + bytes
              + ".");
    }
    ByteBuffer buffer = ByteBuffer.allocate((int) bytes).order(ByteOrder.LITTLE_ENDIAN);
    switch (value.type()) {
      case FLOAT32 -> buffer.asFloatBuffer().put(value.floats());
      case FLOAT64 -> buffer.asDoubleBuffer().put(value.doubles());
      case FLOAT16 -> buffer.asShortBuffer().put(HalfPrecision.toHalf(value.floats()));
      case BFLOAT16 -> buffer.asShortBuffer().put(HalfPrecision.toBfloat16(value.floats()));
      case INT32 -> buffer.asIntBuffer().put(value.ints());
      case INT64 -> buffer.asLongBuffer().put(value.longs());
      case UINT8 -> buffer.put(value.unsignedBytes());
      case BOOL -> {
        for (boolean truth : value.booleans()) {
          buffer.put((byte) (truth ? 1 : 0));
        }
      }
      case STRING -> throw new IllegalStateException("Strings have no fixed size.");
    }
    return ByteString.copyFrom(buffer.rewind());
  }

  private static Object fromContent(ElementType type, ByteString content, int length) {
    if (type == ElementType.STRING || content.size() != (long) length * type.bytes()) {
      throw new IllegalArgumentException(
          "message: got "
              + content.size()
              + " bytes of content for a tensor of "
              + length
              + " elements of "
              + type
              + ".");
    }
    ByteBuffer buffer = content.asReadOnlyByteBuffer().order(ByteOrder.LITTLE_ENDIAN);
    if (isHalf(type)) {
      short[] bits = new short[length];
      buffer.asShortBuffer().get(bits);
      return widened(type, bits);
    }
    Object data = Array.newInstance(type.array().getComponentType(), length);
    switch (type) {
      case FLOAT32 -> buffer.asFloatBuffer().get((float[]) data);
      case FLOAT64 -> buffer.asDoubleBuffer().get((double[]) data);
      case INT32 -> buffer.asIntBuffer().get((int[]) data);
      case INT64 -> buffer.asLongBuffer().get((long[]) data);
      case UINT8 -> buffer.get((byte[]) data);
      case BOOL -> {
        boolean[] truths = (boolean[]) data;
        for (int i = 0; i < length; i++) {
          truths[i] = buffer.get() != 0;
        }
      }
      case STRING, FLOAT16, BFLOAT16 ->
          throw new IllegalStateException("Strings have no fixed size; halves are read above.");
    }
    return data;
  }

  private static Object fromElements(ElementType type, TensorProto message, int length) {
    return switch (type) {
      case FLOAT32 -> repeated(type, message.getFloatValCount(), message::getFloatVal, length, 0f);
      case FLOAT64 ->
          repeated(type, message.getDoubleValCount(), message::getDoubleVal, length, 0.0);
      case FLOAT16, BFLOAT16 ->
          widened(
              type,
              (short[])
                  repeated(
                      short.class,
                      message.getHalfValCount(),
                      i -> (short) message.getHalfVal(i),
                      length,
                      (short) 0));
      case INT32 -> repeated(type, message.getIntValCount(), message::getIntVal, length, 0);
      case INT64 -> repeated(type, message.getInt64ValCount(), message::getInt64Val, length, 0L);
      case UINT8 ->
          repeated(
              type, message.getIntValCount(), i -> (byte) message.getIntVal(i), length, (byte) 0);
      case BOOL -> repeated(type, message.getBoolValCount(), message::getBoolVal, length, false);
      case STRING ->
          repeated(
              type,
              message.getStringValCount(),
              i -> message.getStringVal(i).toByteArray(),
              length,
              new byte[0]);
    };
  }

  private static boolean isHalf(ElementType type) {
    return type == ElementType.FLOAT16 || type == ElementType.BFLOAT16;
  }

  private static float[] widened(ElementType type, short[] bits) {
    return type == ElementType.FLOAT16
        ? HalfPrecision.fromHalf(bits)
        : HalfPrecision.fromBfloat16(bits);
  }

  private static Object repeated(
      ElementType type, int present, IntFunction<Object> elements, int length, Object zero) {
    return repeated(type.array().getComponentType(), present, elements, length, zero);
  }

  private static Object repeated(
      Class<?> component, int present, IntFunction<Object> elements, int length, Object zero) {
    if (present > length) {
      throw new IllegalArgumentException(
          "message: expected " + length + " elements, but got " + present + ".");
    }
    Object data = Array.newInstance(component, length);
    Object last = zero;
    for (int i = 0; i < length; i++) {
      last = i < present ? elements.apply(i) : last;
      Array.set(data, i, last);
    }
    return data;
  }
}
