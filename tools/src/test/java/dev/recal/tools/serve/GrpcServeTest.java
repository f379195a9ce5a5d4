package dev.recal.tools.serve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.Int64Value;
import com.google.protobuf.Message;
import dev.recal.savedmodels.proto.ClassificationRequest;
import dev.recal.savedmodels.proto.ClassificationResponse;
import dev.recal.savedmodels.proto.ExampleList;
import dev.recal.savedmodels.proto.GetModelMetadataRequest;
import dev.recal.savedmodels.proto.GetModelMetadataResponse;
import dev.recal.savedmodels.proto.GetModelStatusRequest;
import dev.recal.savedmodels.proto.GetModelStatusResponse;
import dev.recal.savedmodels.proto.InferenceTask;
import dev.recal.savedmodels.proto.Input;
import dev.recal.savedmodels.proto.ModelSpec;
import dev.recal.savedmodels.proto.ModelVersionStatus;
import dev.recal.savedmodels.proto.MultiInferenceRequest;
import dev.recal.savedmodels.proto.MultiInferenceResponse;
import dev.recal.savedmodels.proto.PredictRequest;
import dev.recal.savedmodels.proto.PredictResponse;
import dev.recal.savedmodels.proto.RegressionRequest;
import dev.recal.savedmodels.proto.RegressionResponse;
import dev.recal.savedmodels.proto.SignatureDefMap;
import dev.recal.savedmodels.serving.PredictionMessages;
import dev.recal.savedmodels.serving.TensorMessages;
import dev.recal.savedmodels.tensor.TensorValue;
import dev.recal.tools.CommandResult;
import dev.recal.tools.serve.log.AccessLogSettings;
import io.grpc.CallOptions;
import io.grpc.ClientInterceptors;
import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.protobuf.ProtoUtils;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.MetadataUtils;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.http.HttpRequest;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.proto.Example;
import org.tensorflow.proto.Feature;
import org.tensorflow.proto.Features;
import org.tensorflow.proto.FloatList;
import org.tensorflow.proto.TensorProto;

/** TensorFlow Serving's gRPC services: every method, and the limits that REST has. */
@Timeout(120)
class GrpcServeTest {

  private static final String TOKEN = "secret";
  private static final TensorValue ROWS = TensorValue.of(new float[] {1, 2, 3, 4}, 2, 2);

  @TempDir private static Path directory;
  private static ModelServer server;
  private static ManagedChannel channel;

  @BeforeAll
  static void start() throws IOException {
    Path model = ScaleModel.write(directory.resolve("scale/3"), 2f).getParent();
    ServeSettings settings =
        ServeSettings.defaults()
            .withLimits(new ServeLimits(64 << 10, Duration.ofSeconds(20), 100))
            .withAccess(AccessSettings.defaults().withToken(TOKEN))
            .withOperation(
                OperationSettings.defaults()
                    .withGrpcPort(0)
                    .withAccessLog(
                        new AccessLogSettings(
                            Optional.of(directory.resolve("access.log")),
                            AccessLogSettings.Format.TEXT)));
    server = ModelServer.start(model, settings);
    channel =
        Grpc.newChannelBuilder(
                "localhost:" + server.grpcPort().getAsInt(), InsecureChannelCredentials.create())
            .maxInboundMessageSize(1 << 24)
            .build();
  }

  @AfterAll
  static void stop() {
    channel.shutdownNow();
    server.close();
  }

  private static <Q extends Message, A extends Message> A call(
      String service, String method, Q request, A answer) {
    return call(service, method, request, answer, TOKEN);
  }

  private static <Q extends Message, A extends Message> A call(
      String service, String method, Q request, A answer, String token) {
    MethodDescriptor<Q, A> descriptor =
        MethodDescriptor.<Q, A>newBuilder()
            .setType(MethodDescriptor.MethodType.UNARY)
            .setFullMethodName("tensorflow.serving." + service + "/" + method)
            .setRequestMarshaller(ProtoUtils.marshaller(request))
            .setResponseMarshaller(ProtoUtils.marshaller(answer))
            .build();
    Metadata headers = new Metadata();
    headers.put(
        Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER), "Bearer " + token);
    CallOptions options = CallOptions.DEFAULT.withDeadlineAfter(30, TimeUnit.SECONDS);
    return ClientCalls.blockingUnaryCall(
        ClientInterceptors.intercept(channel, MetadataUtils.newAttachHeadersInterceptor(headers)),
        descriptor,
        options,
        request);
  }

  private static PredictResponse predict(PredictRequest request) {
    return call("PredictionService", "Predict", request, PredictResponse.getDefaultInstance());
  }

  private static ModelSpec model(String signature) {
    return ModelSpec.newBuilder().setName("scale").setSignatureName(signature).build();
  }

  private static Input examples(float... values) {
    ExampleList.Builder list = ExampleList.newBuilder();
    for (float value : values) {
      Feature feature =
          Feature.newBuilder().setFloatList(FloatList.newBuilder().addValue(value)).build();
      list.addExamples(
          Example.newBuilder().setFeatures(Features.newBuilder().putFeature("x", feature)));
    }
    return Input.newBuilder().setExampleList(list).build();
  }

  private static void assertFails(Status.Code code, String words, ThrowingCallable call) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            StatusRuntimeException.class,
            e -> {
              assertThat(e.getStatus().getCode()).as(e.toString()).isEqualTo(code);
              assertThat(e.getStatus().getDescription()).contains(words);
            });
  }

  @Test
  void predictAnswersWithTheVersion() {
    PredictResponse response = predict(PredictionMessages.predict("scale", "", Map.of("x", ROWS)));
    assertThat(TensorMessages.read(response.getOutputsOrThrow("y")).floats())
        .containsExactly(2, 4, 6, 8);
    assertThat(response.getModelSpec())
        .isEqualTo(model("serving_default").toBuilder().setVersion(Int64Value.of(3)).build());
  }

  @Test
  void predictFiltersOutputs() {
    Map<String, TensorValue> inputs =
        Map.of("a", TensorValue.of(new float[] {2}, 1), "b", TensorValue.of(new long[] {3}, 1));
    PredictRequest both = PredictionMessages.predict("scale", "pair", inputs);
    assertThat(predict(both).getOutputsMap()).containsOnlyKeys("sum", "product");
    assertThat(predict(both.toBuilder().addOutputFilter("sum").build()).getOutputsMap())
        .containsOnlyKeys("sum");
    assertFails(
        Status.Code.INVALID_ARGUMENT,
        "none",
        () -> predict(both.toBuilder().addOutputFilter("none").build()));
  }

  @Test
  void examplesAreClassifiedAndRegressed() {
    assertThat(
            call(
                    "PredictionService",
                    "Regress",
                    RegressionRequest.newBuilder()
                        .setModelSpec(model("regress"))
                        .setInput(examples(1, 5))
                        .build(),
                    RegressionResponse.getDefaultInstance())
                .getResult()
                .getRegressionsList())
        .extracting(value -> value.getValue())
        .containsExactly(2f, 10f);
    MultiInferenceRequest two =
        MultiInferenceRequest.newBuilder()
            .setInput(examples(0.25f))
            .addTasks(task("classify"))
            .addTasks(task("regress"))
            .build();
    MultiInferenceResponse both =
        call(
            "PredictionService",
            "MultiInference",
            two,
            MultiInferenceResponse.getDefaultInstance());
    assertThat(both.getResults(0).getClassificationResult().getClassifications(0).getClassesList())
        .extracting(one -> one.getLabel() + " " + one.getScore())
        .containsExactly("yes 0.25", "no 0.75");
    assertThat(both.getResults(1).getRegressionResult().getRegressions(0).getValue())
        .isEqualTo(0.5f);
    assertFails(
        Status.Code.INVALID_ARGUMENT,
        "method_name to be tensorflow/serving/regress",
        () ->
            call(
                "PredictionService",
                "Regress",
                RegressionRequest.newBuilder()
                    .setModelSpec(model("classify"))
                    .setInput(examples(1))
                    .build(),
                RegressionResponse.getDefaultInstance()));
  }

  private static InferenceTask task(String call) {
    return InferenceTask.newBuilder()
        .setModelSpec(model(call))
        .setMethodName("tensorflow/serving/" + call)
        .build();
  }

  @Test
  void metadataAndStatusDescribeTheModel() throws Exception {
    GetModelMetadataResponse metadata =
        call(
            "PredictionService",
            "GetModelMetadata",
            GetModelMetadataRequest.newBuilder()
                .setModelSpec(model(""))
                .addMetadataField("signature_def")
                .build(),
            GetModelMetadataResponse.getDefaultInstance());
    SignatureDefMap signatures =
        metadata.getMetadataOrThrow("signature_def").unpack(SignatureDefMap.class);
    assertThat(signatures.getSignatureDefOrThrow("serving_default").getInputsOrThrow("x").getName())
        .startsWith("x");
    ModelVersionStatus status = status(model("")).getModelVersionStatus(0);
    assertThat(status.getVersion()).isEqualTo(3);
    assertThat(status.getState()).isEqualTo(ModelVersionStatus.State.AVAILABLE);
    assertFails(
        Status.Code.NOT_FOUND,
        "Could not find any versions of model other",
        () -> status(ModelSpec.newBuilder().setName("other").build()));
  }

  private static GetModelStatusResponse status(ModelSpec model) {
    return call(
        "ModelService",
        "GetModelStatus",
        GetModelStatusRequest.newBuilder().setModelSpec(model).build(),
        GetModelStatusResponse.getDefaultInstance());
  }

  @Test
  void accessLogHasTheSizesOfQuestionsAboutModels() throws Exception {
    int asked =
        GetModelStatusRequest.newBuilder().setModelSpec(model("")).build().getSerializedSize();
    int answered = status(model("")).getSerializedSize();
    Waiting.until(() -> logged("ModelService/GetModelStatus OK").isPresent());
    String line = logged("ModelService/GetModelStatus OK").orElseThrow();
    assertThat(line).contains(" in=" + asked + " out=" + answered + " ");
  }

  private static Optional<String> logged(String part) {
    try {
      return Files.readAllLines(directory.resolve("access.log")).stream()
          .filter(entry -> entry.contains(part))
          .findFirst();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void limitsAreThoseOfRest() throws Exception {
    PredictRequest request = PredictionMessages.predict("scale", "", Map.of("x", ROWS));
    assertFails(
        Status.Code.UNAUTHENTICATED,
        "needs a token",
        () ->
            call(
                "PredictionService",
                "Predict",
                request,
                PredictResponse.getDefaultInstance(),
                "wrong"));
    assertFails(
        Status.Code.RESOURCE_EXHAUSTED,
        "exceeds maximum size",
        () ->
            predict(
                PredictionMessages.predict(
                    "scale", "", Map.of("x", TensorValue.of(new float[1 << 16], 1 << 15, 2)))));
    // Elements that are left out equal the last one.
    TensorProto gigabytes = TensorMessages.filled(1, Shape.of(1 << 28, 2));
    assertFails(
        Status.Code.RESOURCE_EXHAUSTED,
        "The tensors of the request are larger than 65536 bytes",
        () ->
            predict(
                PredictRequest.newBuilder()
                    .setModelSpec(model(""))
                    .putInputs("x", gigabytes)
                    .build()));
    assertFails(
        Status.Code.NOT_FOUND,
        "Latest(other)",
        () -> predict(PredictionMessages.predict("other", "", Map.of("x", ROWS))));
    assertFails(
        Status.Code.INVALID_ARGUMENT,
        "y",
        () -> predict(PredictionMessages.predict("scale", "", Map.of("y", ROWS))));
    Http http = new Http(server.uri());
    String text =
        http.send(
                HttpRequest.newBuilder(http.base().resolve("/monitoring/prometheus/metrics"))
                    .header("Authorization", "Bearer " + TOKEN)
                    .build())
            .body();
    MetricsText metrics = new MetricsText(text);
    assertThat(metrics.value("recal_serving_rejected_requests_total{reason=\"token\"}"))
        .isEqualTo(1);
    assertThat(metrics.value("recal_serving_rejected_requests_total{reason=\"aborted\"}"))
        .isEqualTo(1);
    assertThat(metrics.value("recal_serving_in_flight_requests{entrypoint=\"gRPC\"}")).isZero();
  }

  @Test
  void healthNeedsNoToken() {
    HealthCheckResponse response =
        HealthGrpc.newBlockingStub(channel)
            .check(
                HealthCheckRequest.newBuilder()
                    .setService("tensorflow.serving.PredictionService")
                    .build());
    assertThat(response.getStatus()).isEqualTo(HealthCheckResponse.ServingStatus.SERVING);
  }

  @Test
  void aTakenPortNamesItsOption() throws Exception {
    CommandResult ran =
        CommandResult.of(
            "serve",
            directory.resolve("scale"),
            "--port",
            "0",
            "--grpc-port",
            server.grpcPort().getAsInt());
    assertThat(ran.exit()).isEqualTo(1);
    assertThat(ran.err()).contains("cannot listen on localhost:", "Use --grpc-port 0");
  }

  @Test
  void classifyRequiresExamples() {
    assertFails(
        Status.Code.INVALID_ARGUMENT,
        "Input is empty.",
        () ->
            call(
                "PredictionService",
                "Classify",
                ClassificationRequest.newBuilder().setModelSpec(model("classify")).build(),
                ClassificationResponse.getDefaultInstance()));
  }
}
