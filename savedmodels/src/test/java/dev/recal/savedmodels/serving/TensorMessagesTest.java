package dev.recal.savedmodels.serving;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import dev.recal.savedmodels.tensor.ElementType;
import dev.recal.savedmodels.tensor.TensorValue;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.TensorProto;
import org.tensorflow.proto.TensorShapeProto;

class TensorMessagesTest {

  static Stream<TensorValue> values() {
    return Stream.of(
        TensorValue.of(new float[] {1.5f, Float.NaN, -0f, Float.MAX_VALUE}, 2, 2),
        TensorValue.of(new double[] {Math.PI}, new long[0]),
        TensorValue.of(new int[] {Integer.MIN_VALUE, 0, 7}, 3, 1),
        TensorValue.of(new long[] {Long.MAX_VALUE, -1}, 2),
        TensorValue.of(new byte[] {0, 127, -1}, 3),
        TensorValue.of(new boolean[] {true, false}, 1, 2),
        TensorValue.of(new float[] {1.5f, -2f, 65504f}, 3).as(ElementType.FLOAT16),
        TensorValue.of(new float[] {1.5f, -0x1p100f, 0f}, 3, 1).as(ElementType.BFLOAT16),
        TensorValue.of(new float[0], 0, 3),
        TensorValue.ofBytes(List.of(new byte[0], new byte[] {0, -1, 10})),
        TensorValue.ofStrings(List.of("größte Kuh")));
  }

  @ParameterizedTest
  @MethodSource("values")
  void roundTrips(TensorValue value) {
    assertThat(TensorMessages.read(TensorMessages.of(value))).isEqualTo(value);
  }

  @Test
  void bytesAreLittleEndian() {
    TensorProto message = TensorMessages.of(TensorValue.of(new int[] {0x01020304}, 1));
    assertThat(message.getTensorContent().toByteArray()).containsExactly(4, 3, 2, 1);
  }

  @Test
  void theLastElementIsRepeated() {
    assertThat(TensorMessages.read(TensorMessages.filled(0.5f, Shape.of(2, 3))).floats())
        .hasSize(6)
        .containsOnly(0.5f);
    TensorProto two = shaped(4).setDtype(DataType.DT_INT64).addInt64Val(1).addInt64Val(2).build();
    assertThat(TensorMessages.read(two).longs()).containsExactly(1, 2, 2, 2);
    TensorProto halves = shaped(3).setDtype(DataType.DT_HALF).addHalfVal(0x3e00).build();
    assertThat(TensorMessages.read(halves).floats()).containsExactly(1.5f, 1.5f, 1.5f);
    TensorProto none = shaped(2).setDtype(DataType.DT_STRING).build();
    assertThat(TensorMessages.read(none).strings()).containsExactly("", "");
  }

  @Test
  void rejectsInconsistentMessages() {
    ByteString bytes = ByteString.copyFrom(new byte[7]);
    assertRefused(shaped(2).setDtype(DataType.DT_FLOAT).setTensorContent(bytes), "7 bytes");
    assertRefused(shaped(1).setDtype(DataType.DT_STRING).setTensorContent(bytes), "string");
    assertRefused(
        shaped(1).setDtype(DataType.DT_FLOAT).addFloatVal(1).addFloatVal(2),
        "expected 1 elements, but got 2");
    assertRefused(shaped(-1).setDtype(DataType.DT_FLOAT), "[-1]");
    assertRefused(shaped(1L << 40, 1L << 40).setDtype(DataType.DT_FLOAT), "fit into a Java array");
    assertRefused(shaped(1 << 30).setDtype(DataType.DT_DOUBLE), "fit into a Java array");
    assertRefused(shaped(1).setDtype(DataType.DT_COMPLEX64), "DT_COMPLEX64");
    TensorShapeProto unknown = TensorShapeProto.newBuilder().setUnknownRank(true).build();
    assertRefused(
        TensorProto.newBuilder().setDtype(DataType.DT_FLOAT).setTensorShape(unknown),
        "known shape");
  }

  private static void assertRefused(TensorProto.Builder message, String part) {
    assertThatThrownBy(() -> TensorMessages.read(message.build()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("message: ")
        .hasMessageContaining(part);
  }

  private static TensorProto.Builder shaped(long... sizes) {
    TensorShapeProto.Builder shape = TensorShapeProto.newBuilder();
    for (long size : sizes) {
      shape.addDim(TensorShapeProto.Dim.newBuilder().setSize(size));
    }
    return TensorProto.newBuilder().setTensorShape(shape);
  }
}
