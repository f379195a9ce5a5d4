package dev.recal.tools.serve.grpc;

import dev.recal.savedmodels.SignatureDescription;
import dev.recal.savedmodels.TensorDescription;
import dev.recal.savedmodels.proto.SignatureDefMap;
import java.util.List;
import org.tensorflow.proto.SignatureDef;
import org.tensorflow.proto.TensorInfo;
import org.tensorflow.proto.TensorShapeProto;

/** Signatures as TensorFlow's messages. */
final class SignatureMessages {

  private SignatureMessages() {}

  static SignatureDefMap of(List<SignatureDescription> signatures) {
    SignatureDefMap.Builder map = SignatureDefMap.newBuilder();
    for (SignatureDescription signature : signatures) {
      SignatureDef.Builder message = SignatureDef.newBuilder().setMethodName(signature.method());
      signature.inputs().forEach((name, tensor) -> message.putInputs(name, of(tensor)));
      signature.outputs().forEach((name, tensor) -> message.putOutputs(name, of(tensor)));
      map.putSignatureDef(signature.key(), message.build());
    }
    return map.build();
  }

  private static TensorInfo of(TensorDescription tensor) {
    TensorShapeProto.Builder shape = TensorShapeProto.newBuilder();
    if (tensor.shape().isUnknown()) {
      shape.setUnknownRank(true);
    } else {
      for (long size : tensor.shape().asArray()) {
        shape.addDim(TensorShapeProto.Dim.newBuilder().setSize(size));
      }
    }
    return TensorInfo.newBuilder()
        .setName(tensor.tensor())
        .setDtype(tensor.type())
        .setTensorShape(shape)
        .build();
  }
}
