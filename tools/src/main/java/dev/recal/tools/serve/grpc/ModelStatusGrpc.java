package dev.recal.tools.serve.grpc;

import dev.recal.savedmodels.proto.GetModelStatusRequest;
import dev.recal.savedmodels.proto.GetModelStatusResponse;
import dev.recal.savedmodels.proto.ModelServiceProtos;
import dev.recal.savedmodels.proto.ModelVersionStatus;
import dev.recal.savedmodels.proto.StatusProto;
import dev.recal.tools.serve.model.ModelTarget;
import dev.recal.tools.serve.model.ServedModels;
import dev.recal.tools.serve.model.VersionState;
import io.grpc.ServerServiceDefinition;
import java.util.List;

/** {@code tensorflow.serving.ModelService}. */
final class ModelStatusGrpc {

  static final String NAME = "tensorflow.serving.ModelService";

  private final GrpcCalls calls;
  private final ServedModels models;

  ModelStatusGrpc(GrpcCalls calls, ServedModels models) {
    this.calls = calls;
    this.models = models;
  }

  ServerServiceDefinition service() {
    return new Services(NAME, ModelServiceProtos.getDescriptor())
        .add(
            "GetModelStatus",
            GetModelStatusRequest.getDefaultInstance(),
            GetModelStatusResponse.getDefaultInstance(),
            (request, observer) -> calls.describe(request, observer, () -> status(request)))
        .build();
  }

  private GetModelStatusResponse status(GetModelStatusRequest request) {
    ModelTarget target = ModelSpecs.target(request.getModelSpec());
    List<VersionState> states = models.states(target);
    GetModelStatusResponse.Builder response = GetModelStatusResponse.newBuilder();
    for (VersionState state : states) {
      response.addModelVersionStatus(
          ModelVersionStatus.newBuilder()
              .setVersion(state.version())
              .setState(ModelVersionStatus.State.valueOf(state.state().name()))
              .setStatus(
                  StatusProto.newBuilder()
                      .setErrorCode(StatusProto.Code.valueOf(state.code()))
                      .setErrorMessage(state.message())));
    }
    return response.build();
  }
}
