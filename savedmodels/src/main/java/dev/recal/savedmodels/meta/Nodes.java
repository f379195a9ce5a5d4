package dev.recal.savedmodels.meta;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import java.util.List;
import org.tensorflow.Tensor;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.proto.AttrValue;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.NodeDef;
import org.tensorflow.proto.TensorProto;
import org.tensorflow.proto.TensorShapeProto;

/** Factory methods for nodes of a graph. */
public final class Nodes {

  private Nodes() {}

  /** Starts an operation without attributes. */
  public static NodeDef.Builder node(String name, String op, List<String> inputs) {
    return NodeDef.newBuilder().setName(name).setOp(op).addAllInput(inputs);
  }

  static NodeDef stringScalar(String name, String value) {
    TensorProto tensor =
        TensorProto.newBuilder()
            .setDtype(DataType.DT_STRING)
            .setTensorShape(TensorShapeProto.getDefaultInstance())
            .addStringVal(ByteString.copyFromUtf8(value))
            .build();
    return constant(name, tensor);
  }

  static NodeDef strings(String name, List<String> values) {
    TensorProto.Builder tensor =
        TensorProto.newBuilder()
            .setDtype(DataType.DT_STRING)
            .setTensorShape(shape(Shape.of(values.size())));
    values.forEach(value -> tensor.addStringVal(ByteString.copyFromUtf8(value)));
    return constant(name, tensor.build());
  }

  /** A vector of int32 constants. */
  public static NodeDef dimensions(String name, Shape dimensions) {
    TensorProto.Builder tensor =
        TensorProto.newBuilder()
            .setDtype(DataType.DT_INT32)
            .setTensorShape(shape(Shape.of(dimensions.numDimensions())));
    for (long size : dimensions.asArray()) {
      tensor.addIntVal(Math.toIntExact(size));
    }
    return constant(name, tensor.build());
  }

  /** A scalar zero: the value lists are empty, which TensorFlow reads as zeros. */
  static NodeDef zero(String name, DataType type) {
    TensorProto tensor =
        TensorProto.newBuilder()
            .setDtype(type)
            .setTensorShape(TensorShapeProto.getDefaultInstance())
            .build();
    return constant(name, tensor);
  }

  /**
   * A constant.
   *
   * @param value a tensor of numbers, which is copied
   */
  public static NodeDef constant(String name, Tensor value) {
    byte[] bytes = new byte[Math.toIntExact(value.numBytes())];
    value.asRawTensor().data().read(bytes);
    TensorProto tensor =
        TensorProto.newBuilder()
            .setDtype(value.dataType())
            .setTensorShape(shape(value.shape()))
            .setTensorContent(UnsafeByteOperations.unsafeWrap(bytes))
            .build();
    return constant(name, tensor);
  }

  private static NodeDef constant(String name, TensorProto tensor) {
    return node(name, "Const", List.of())
        .putAttr("dtype", type(tensor.getDtype()))
        .putAttr("value", AttrValue.newBuilder().setTensor(tensor).build())
        .build();
  }

  /** An element type as an attribute. */
  public static AttrValue type(DataType type) {
    return AttrValue.newBuilder().setType(type).build();
  }

  static AttrValue types(List<DataType> types) {
    return AttrValue.newBuilder()
        .setList(AttrValue.ListValue.newBuilder().addAllType(types))
        .build();
  }

  /** A shape as a protocol buffer. */
  public static TensorShapeProto shape(Shape shape) {
    TensorShapeProto.Builder proto = TensorShapeProto.newBuilder();
    if (shape.isUnknown()) {
      return proto.setUnknownRank(true).build();
    }
    for (long size : shape.asArray()) {
      proto.addDim(TensorShapeProto.Dim.newBuilder().setSize(size));
    }
    return proto.build();
  }

  /** Returns the name of the node that an input such as {@code ^name} or {@code name:1} means. */
  public static String source(String input) {
    int begin = input.startsWith("^") ? 1 : 0;
    int colon = input.indexOf(':');
    return input.substring(begin, colon < 0 ? input.length() : colon);
  }
}
