package dev.recal.savedmodels;

import com.google.protobuf.ByteString;
import org.tensorflow.proto.AttrValue;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.TensorShapeProto;

/** Node attributes, to build invalid graphs. */
final class Attributes {

  private Attributes() {}

  static AttrValue type(DataType type) {
    return AttrValue.newBuilder().setType(type).build();
  }

  static AttrValue shape(TensorShapeProto shape) {
    return AttrValue.newBuilder().setShape(shape).build();
  }

  static AttrValue call(String function) {
    AttrValue.Builder value = AttrValue.newBuilder();
    value.getFuncBuilder().setName(function);
    return value.build();
  }

  /** A float32 tensor that stores one value, whatever its shape. */
  static AttrValue oneFloat(TensorShapeProto shape) {
    AttrValue.Builder value = AttrValue.newBuilder();
    value.getTensorBuilder().setDtype(DataType.DT_FLOAT).setTensorShape(shape).addFloatVal(1);
    return value.build();
  }

  static AttrValue text(String text) {
    AttrValue.Builder value = AttrValue.newBuilder();
    value
        .getTensorBuilder()
        .setDtype(DataType.DT_STRING)
        .setTensorShape(TensorShapeProto.getDefaultInstance())
        .addStringVal(ByteString.copyFromUtf8(text));
    return value.build();
  }
}
