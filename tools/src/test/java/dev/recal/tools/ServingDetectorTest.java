package dev.recal.tools;

import static org.assertj.core.api.Assertions.assertThat;

import dev.recal.models.export.ServingExport;
import dev.recal.savedmodels.Predictor;
import dev.recal.savedmodels.SavedModelReader;
import dev.recal.savedmodels.proto.PredictResponse;
import dev.recal.savedmodels.serving.PredictionCalls;
import dev.recal.savedmodels.serving.PredictionMessages;
import dev.recal.savedmodels.serving.ServerCommands;
import dev.recal.savedmodels.serving.ServingFiles;
import dev.recal.savedmodels.serving.WarmUp;
import dev.recal.savedmodels.tensor.TensorValue;
import dev.recal.tools.compatibility.SampleDetectors;
import dev.recal.tools.interop.Python;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A detector with TensorFlow Serving's messages and files. */
class ServingDetectorTest {

  @TempDir private static Path directory;
  private static Path version;

  @BeforeAll
  static void write() throws IOException {
    version = SampleDetectors.write("RetinaNet", directory.resolve("tiny"));
    ServingExport.finish(version, null);
  }

  @Test
  void messagesCarryDetections() throws IOException {
    byte[] image = Files.readAllBytes(version.resolveSibling("requests/image.jpg"));
    try (Predictor predictor = Predictor.open(version)) {
      Map<String, TensorValue> inputs =
          Map.of("image_bytes", TensorValue.ofBytes(List.of(image, image)));
      PredictResponse answer =
          PredictionCalls.predict(
              predictor, PredictionMessages.predict("tiny", "detect_bytes", inputs));
      assertThat(answer.getOutputsMap())
          .containsOnlyKeys(
              "detection_boxes", "detection_classes", "detection_scores", "num_detections");
      assertThat(answer.getOutputsOrThrow("detection_boxes").getTensorShape().getDimList())
          .extracting(dimension -> dimension.getSize())
          .containsExactly(2L, 10L, 4L);
      assertThat(WarmUp.with(image).requests(predictor.description()))
          .extracting(log -> log.getPredictLog().getRequest().getModelSpec().getSignatureName())
          .containsExactly("detect_bytes", "detect_bytes", "detect_lite");
    }
  }

  // Requests joined by the server have more rows than detect_lite takes.
  @Test
  void aServerOfDetectorsDoesNotBatch() throws IOException {
    ServingFiles files = ServingFiles.nextTo(version);
    ServerCommands commands = new ServerCommands(files, SavedModelReader.describe(version));
    assertThat(commands.binary()).doesNotContain("--enable_batching");
    assertThat(version.resolveSibling("requests/predict.json"))
        .content()
        .contains("\"signature_name\":\"detect_bytes\"");
  }

  @Test
  void pythonsClientFindsTheSameOverRestAndGrpc() throws Exception {
    Python.assume("grpc", "google.protobuf");
    Path image = version.resolveSibling("requests/image.jpg");
    Path protoset = version.resolveSibling("requests/prediction_service.protoset");
    try (StandInServer server = new StandInServer(version)) {
      String client = "serving_client.py";
      String byRest =
          Python.run(client, "rest", server.restAddress(), "tiny", image, image, "--objects");
      String byRpc =
          Python.run(
              client,
              "grpc",
              server.rpcAddress(),
              "tiny",
              image,
              image,
              "--objects",
              "--protoset",
              protoset);
      assertThat(byRest).isEqualTo(byRpc).containsPattern("image.jpg: ([1-9]|10) objects");
    }
  }
}
