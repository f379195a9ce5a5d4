package dev.recal.tools.serve.grpc;

import com.google.protobuf.Any;
import com.google.protobuf.Message;
import dev.recal.savedmodels.SignatureDescription;
import dev.recal.savedmodels.proto.ClassificationRequest;
import dev.recal.savedmodels.proto.ClassificationResponse;
import dev.recal.savedmodels.proto.GetModelMetadataRequest;
import dev.recal.savedmodels.proto.GetModelMetadataResponse;
import dev.recal.savedmodels.proto.InferenceResult;
import dev.recal.savedmodels.proto.InferenceTask;
import dev.recal.savedmodels.proto.Input;
import dev.recal.savedmodels.proto.ModelSpec;
import dev.recal.savedmodels.proto.MultiInferenceRequest;
import dev.recal.savedmodels.proto.MultiInferenceResponse;
import dev.recal.savedmodels.proto.PredictRequest;
import dev.recal.savedmodels.proto.PredictResponse;
import dev.recal.savedmodels.proto.PredictionServiceProtos;
import dev.recal.savedmodels.proto.RegressionRequest;
import dev.recal.savedmodels.proto.RegressionResponse;
import dev.recal.savedmodels.serving.TensorMessages;
import dev.recal.savedmodels.tensor.TensorValue;
import dev.recal.tools.serve.call.PreparedCall;
import dev.recal.tools.serve.model.Lease;
import dev.recal.tools.serve.model.ServedModels;
import dev.recal.tools.serve.model.ServingException;
import dev.recal.tools.serve.rest.ExampleCall;
import dev.recal.tools.serve.rest.ExamplesRequest;
import io.grpc.ServerServiceDefinition;
import io.grpc.stub.StreamObserver;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiFunction;

/** {@code tensorflow.serving.PredictionService}. */
final class PredictionGrpc {

  static final String NAME = "tensorflow.serving.PredictionService";

  private static final String SIGNATURES = "signature_def";
  private static final int MAX_TASKS = 16;

  private final GrpcCalls calls;
  private final ServedModels models;

  PredictionGrpc(GrpcCalls calls, ServedModels models) {
    this.calls = calls;
    this.models = models;
  }

  ServerServiceDefinition service() {
    return new Services(NAME, PredictionServiceProtos.getDescriptor())
        .add(
            "Predict",
            PredictRequest.getDefaultInstance(),
            PredictResponse.getDefaultInstance(),
            this::predict)
        .add(
            "Classify",
            ClassificationRequest.getDefaultInstance(),
            ClassificationResponse.getDefaultInstance(),
            this::classify)
        .add(
            "Regress",
            RegressionRequest.getDefaultInstance(),
            RegressionResponse.getDefaultInstance(),
            this::regress)
        .add(
            "MultiInference",
            MultiInferenceRequest.getDefaultInstance(),
            MultiInferenceResponse.getDefaultInstance(),
            this::multiInference)
        .add(
            "GetModelMetadata",
            GetModelMetadataRequest.getDefaultInstance(),
            GetModelMetadataResponse.getDefaultInstance(),
            this::metadata)
        .build();
  }

  private void predict(PredictRequest request, StreamObserver<PredictResponse> observer) {
    ModelSpec model = request.getModelSpec();
    calls.answer(
        "predict",
        request,
        observer,
        call -> call.run(model, lease -> prepare(request, lease, calls.maxBody())));
  }

  private static PreparedCall<PredictResponse> prepare(
      PredictRequest request, Lease lease, long limit) {
    ModelSpec model = request.getModelSpec();
    SignatureDescription signature = signature(lease, ModelSpecs.signature(model));
    List<String> filter = request.getOutputFilterList();
    for (String name : filter) {
      if (!signature.outputs().containsKey(name)) {
        throw ServingException.invalid("output tensor alias not found in signature: " + name);
      }
    }
    Map<String, TensorValue> inputs = RequestTensors.read(request.getInputsMap(), limit);
    ModelSpec answered = ModelSpecs.answered(model.getName(), lease.version(), signature.key());
    return new PreparedCall<>(
        signature,
        inputs,
        outputs -> {
          PredictResponse.Builder response = PredictResponse.newBuilder().setModelSpec(answered);
          outputs.forEach(
              (name, value) -> {
                if (filter.isEmpty() || filter.contains(name)) {
                  response.putOutputs(name, TensorMessages.of(value));
                }
              });
          return response.build();
        });
  }

  private static SignatureDescription signature(Lease lease, String key) {
    return lease.description().signatures().stream()
        .filter(signature -> signature.key().equals(key))
        .findFirst()
        .orElseThrow(
            () -> ServingException.invalid("Serving signature key \"" + key + "\" not found."));
  }

  private void classify(
      ClassificationRequest request, StreamObserver<ClassificationResponse> observer) {
    calls.answer(
        ExampleCall.CLASSIFY.verb(),
        request,
        observer,
        call ->
            call.run(
                request.getModelSpec(),
                lease ->
                    onExamples(
                        ExampleCall.CLASSIFY,
                        request.getModelSpec(),
                        ExampleMessages.examples(request.getInput()),
                        lease,
                        (spec, outputs) ->
                            ClassificationResponse.newBuilder()
                                .setModelSpec(spec)
                                .setResult(
                                    ExampleMessages.classification(
                                        outputs.values(), outputs.examples()))
                                .build())));
  }

  private void regress(RegressionRequest request, StreamObserver<RegressionResponse> observer) {
    calls.answer(
        ExampleCall.REGRESS.verb(),
        request,
        observer,
        call ->
            call.run(
                request.getModelSpec(),
                lease ->
                    onExamples(
                        ExampleCall.REGRESS,
                        request.getModelSpec(),
                        ExampleMessages.examples(request.getInput()),
                        lease,
                        (spec, outputs) ->
                            RegressionResponse.newBuilder()
                                .setModelSpec(spec)
                                .setResult(
                                    ExampleMessages.regression(
                                        outputs.values(), outputs.examples()))
                                .build())));
  }

  /** The outputs for some examples. */
  private record Answered(Map<String, TensorValue> values, int examples) {}

  private static <A> PreparedCall<A> onExamples(
      ExampleCall kind,
      ModelSpec model,
      List<byte[]> examples,
      Lease lease,
      BiFunction<ModelSpec, Answered, A> writer) {
    SignatureDescription signature =
        kind.signature(lease.description(), ModelSpecs.signature(model));
    ModelSpec answered = ModelSpecs.answered(model.getName(), lease.version(), signature.key());
    return new PreparedCall<>(
        signature,
        ExampleCall.inputs(new ExamplesRequest(signature.key(), examples)),
        outputs -> writer.apply(answered, new Answered(outputs, examples.size())));
  }

  private void multiInference(
      MultiInferenceRequest request, StreamObserver<MultiInferenceResponse> observer) {
    calls.answer(
        "multi_inference",
        request,
        observer,
        call -> {
          List<InferenceTask> tasks = request.getTasksList();
          if (tasks.isEmpty() || tasks.size() > MAX_TASKS) {
            throw ServingException.invalid(
                "tasks: expected 1 to " + MAX_TASKS + " of them, but got " + tasks.size() + ".");
          }
          List<CompletableFuture<InferenceResult>> results = new ArrayList<>();
          for (InferenceTask task : tasks) {
            results.add(
                call.run(task.getModelSpec(), lease -> inference(task, request.getInput(), lease)));
          }
          return CompletableFuture.allOf(results.toArray(CompletableFuture[]::new))
              .thenApply(
                  all -> {
                    MultiInferenceResponse.Builder response = MultiInferenceResponse.newBuilder();
                    results.forEach(result -> response.addResults(result.join()));
                    return response.build();
                  });
        });
  }

  private static PreparedCall<InferenceResult> inference(
      InferenceTask task, Input input, Lease lease) {
    ExampleCall kind = ExampleCall.ofMethod(task.getMethodName());
    return onExamples(
        kind,
        task.getModelSpec(),
        ExampleMessages.examples(input),
        lease,
        (spec, outputs) -> {
          InferenceResult.Builder result = InferenceResult.newBuilder().setModelSpec(spec);
          return kind == ExampleCall.CLASSIFY
              ? result
                  .setClassificationResult(
                      ExampleMessages.classification(outputs.values(), outputs.examples()))
                  .build()
              : result
                  .setRegressionResult(
                      ExampleMessages.regression(outputs.values(), outputs.examples()))
                  .build();
        });
  }

  private void metadata(
      GetModelMetadataRequest request, StreamObserver<GetModelMetadataResponse> observer) {
    calls.describe(request, observer, () -> metadata(request));
  }

  private GetModelMetadataResponse metadata(GetModelMetadataRequest request) {
    for (String field : request.getMetadataFieldList()) {
      if (!field.equals(SIGNATURES)) {
        throw ServingException.invalid("Metadata field " + field + " is not supported");
      }
    }
    if (request.getMetadataFieldCount() == 0) {
      throw ServingException.invalid(
          "GetModelMetadataRequest must specify at least one" + " metadata_field");
    }
    ModelSpec model = request.getModelSpec();
    try (Lease lease = models.acquire(ModelSpecs.target(model))) {
      Message signatures = SignatureMessages.of(lease.description().signatures());
      return GetModelMetadataResponse.newBuilder()
          .setModelSpec(ModelSpecs.answered(model.getName(), lease.version(), ""))
          .putMetadata(SIGNATURES, Any.pack(signatures))
          .build();
    }
  }
}
