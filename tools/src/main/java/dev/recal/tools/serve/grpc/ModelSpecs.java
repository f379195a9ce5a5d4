package dev.recal.tools.serve.grpc;

import com.google.protobuf.Int64Value;
import dev.recal.savedmodels.proto.ModelSpec;
import dev.recal.tools.serve.model.ModelTarget;
import java.util.Optional;
import java.util.OptionalLong;

/** The message that names a model. */
final class ModelSpecs {

  private static final String DEFAULT = "serving_default";

  private ModelSpecs() {}

  static ModelTarget target(ModelSpec model) {
    return new ModelTarget(
        model.getName(),
        model.hasVersion() ? OptionalLong.of(model.getVersion().getValue()) : OptionalLong.empty(),
        model.getVersionLabel().isEmpty()
            ? Optional.empty()
            : Optional.of(model.getVersionLabel()));
  }

  /** Returns the key of the signature. */
  static String signature(ModelSpec model) {
    return model.getSignatureName().isEmpty() ? DEFAULT : model.getSignatureName();
  }

  /** Returns the message of a response: with the version and the signature that answered. */
  static ModelSpec answered(String model, long version, String signature) {
    return ModelSpec.newBuilder()
        .setName(model)
        .setVersion(Int64Value.of(version))
        .setSignatureName(signature)
        .build();
  }
}
