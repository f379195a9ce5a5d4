package dev.recal.tools.interop;

import static org.assertj.core.api.Assertions.assertThat;

import dev.recal.tools.serve.ModelServer;
import dev.recal.tools.serve.OperationSettings;
import dev.recal.tools.serve.ScaleModel;
import dev.recal.tools.serve.ServeSettings;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** {@code recal serve}, called and watched by other people's programs. */
@Timeout(300)
class ServedModelPythonTest {

  @TempDir private static Path directory;
  private static ModelServer server;

  @BeforeAll
  static void start() throws IOException {
    Path model = ScaleModel.write(directory.resolve("scale/3"), 2f).getParent();
    server =
        ModelServer.start(
            model,
            ServeSettings.defaults().withOperation(OperationSettings.defaults().withGrpcPort(0)));
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  @Test
  void publishedStubsAreAnswered() throws Exception {
    Python.assume("grpc", "tensorflow", "tensorflow_serving");
    String output =
        Python.run("serve_stubs.py", "localhost:" + server.grpcPort().getAsInt(), "scale");
    assertThat(output)
        .contains("predict [2.0, 4.0] version 3")
        .contains("classify yes 0.25, no 0.75")
        .contains("regress [0.5]")
        .contains("inference classify regress")
        .contains("metadata classify, echo, inverse, pair, regress, serving_default, total")
        .contains("status 3 AVAILABLE OK")
        .contains("other NOT_FOUND");
  }

  @Test
  void healthAndReflectionAreAnswered() throws Exception {
    Python.assume("grpc", "grpc_health", "grpc_reflection");
    String output = Python.run("serve_reflection.py", "localhost:" + server.grpcPort().getAsInt());
    assertThat(output)
        .contains("SERVING")
        .contains("tensorflow.serving.PredictionService: Classify, GetModelMetadata,")
        .contains("tensorflow.serving.ModelService: GetModelStatus");
  }

  @Test
  void prometheusParserReadsTheMetrics() throws Exception {
    Python.assume("prometheus_client");
    String output = Python.run("serve_metrics.py", server.uri());
    assertThat(output)
        .contains(":tensorflow:serving:request_latency histogram")
        .contains(":tensorflow:cc:saved_model:load_attempt_count unknown")
        .contains("process_resident_memory_bytes gauge")
        .contains("request OK 1 → 2");
  }

  @Test
  void openApiDocumentIsValid() throws Exception {
    Python.assume("openapi_spec_validator");
    assertThat(Python.run("serve_openapi.py", server.uri()))
        .contains("valid OpenAPI 3.1.0")
        .contains("/v1/models/scale:predict accepts the request, and describes the response");
  }
}
