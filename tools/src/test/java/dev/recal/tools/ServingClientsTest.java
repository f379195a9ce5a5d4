package dev.recal.tools;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.recal.models.export.ServingExport;
import dev.recal.tools.run.ServingText;
import dev.recal.tools.serve.ModelServer;
import dev.recal.tools.serve.OperationSettings;
import dev.recal.tools.serve.ServeSettings;
import example.GrpcClient;
import example.RestClient;
import io.grpc.StatusRuntimeException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The example clients, over real connections, and the files that {@code export --serving} makes.
 */
class ServingClientsTest {

  private static final String ANSWER = "(cat|dog) 0\\.\\d{4}";

  @TempDir private static Path directory;
  private static Path version;
  private static Path image;
  private static StandInServer server;

  @BeforeAll
  static void start() throws IOException {
    version = TinyModel.write(directory.resolve("tiny"), ServingExport.warmUp());
    ServingExport.finish(version, null);
    image = TinyModel.image(directory.resolve("image.png"));
    server = new StandInServer(version);
  }

  @AfterAll
  static void stop() {
    if (server != null) {
      server.close();
    }
  }

  @Test
  void bothJavaClientsAgree() throws Exception {
    String other = version.getParent().resolve("requests/image.jpg").toString();
    String[] byRest = printed(() -> RestClient.main(arguments(server.restAddress(), image, other)));
    String[] byRpc = printed(() -> GrpcClient.main(arguments(server.rpcAddress(), image, other)));
    assertThat(byRest).hasSize(2).containsExactly(byRpc);
    assertThat(byRest[0]).matches(".*image\\.png: " + ANSWER);
  }

  @Test
  void recalServeAnswersTheSameClients() throws Exception {
    ServeSettings settings =
        ServeSettings.defaults().withOperation(OperationSettings.defaults().withGrpcPort(0));
    try (ModelServer own = ModelServer.start(version, settings.withName("tiny"))) {
      String rpc = "localhost:" + own.grpcPort().getAsInt();
      String rest = own.uri().toString().replaceFirst("/$", "");
      String[] expected = printed(() -> GrpcClient.main(arguments(server.rpcAddress(), image)));
      assertThat(printed(() -> GrpcClient.main(arguments(rpc, image)))).containsExactly(expected);
      assertThat(printed(() -> RestClient.main(arguments(rest, image)))).containsExactly(expected);
    }
  }

  @Test
  void clientsReportServerErrors() throws IOException {
    Path text = Files.writeString(directory.resolve("text.png"), "this is not an image at all");
    assertThatThrownBy(() -> RestClient.main(arguments(server.restAddress(), text)))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("The server says: ");
    assertThatThrownBy(() -> GrpcClient.main(arguments(server.rpcAddress(), text)))
        .isInstanceOf(StatusRuntimeException.class)
        .hasMessageContaining("INVALID_ARGUMENT");
  }

  @Test
  void exampleRequestsAreAnswered() throws Exception {
    Path requests = version.getParent().resolve("requests");
    assertThat(post(":predict", requests.resolve("predict.json"))).contains("\"predictions\":[");
    assertThat(post(":classify", requests.resolve("classify.json")))
        .containsPattern("\\{\"results\":\\[\\[\\[\"(cat|dog)\",");
  }

  @Test
  void pythonClientsWorkOverRestAndGrpc() throws Exception {
    String python = System.getenv("RECAL_PYTHON");
    Assumptions.assumeTrue(python != null, "RECAL_PYTHON names no interpreter");
    String client = Path.of("../interop/serving_client.py").toString();
    String byRest = run(python, client, "rest", server.restAddress(), "tiny", image.toString());
    assertThat(byRest.strip()).matches("(?s).*image\\.png: " + ANSWER + ", " + ANSWER);
    assumePackages(python, "grpc", "google.protobuf");
    String protoset =
        version.getParent().resolve("requests/prediction_service.protoset").toString();
    String byRpc =
        run(
            python,
            client,
            "grpc",
            server.rpcAddress(),
            "tiny",
            image.toString(),
            "--protoset",
            protoset);
    assertThat(byRpc).isEqualTo(byRest);
  }

  @Test
  void serverMessagesParseTheFiles() throws Exception {
    String python = System.getenv("RECAL_PYTHON");
    Assumptions.assumeTrue(python != null, "RECAL_PYTHON names no interpreter");
    assumePackages(python, "grpc", "tensorflow", "tensorflow_serving");
    String output =
        run(python, "../interop/check_serving_files.py", version.getParent().toString());
    assertThat(output)
        .contains("classify (classify_log): batches of [1, 16]")
        .contains("serving_bytes (predict_log): batches of [1, 16]")
        .contains("serving_default (predict_log): batches of [1, 16]");
  }

  @Test
  void exportExplainsInvalidName() {
    CommandResult illegal =
        CommandResult.of("export", directory, directory.resolve("m"), "--serving", "--name", "a/b");
    assertThat(illegal.exit()).isEqualTo(2);
    assertThat(illegal.err()).contains("--name").contains("'a/b'");
    CommandResult alone =
        CommandResult.of("export", directory, directory.resolve("m"), "--name", "photos");
    assertThat(alone.exit()).isEqualTo(2);
    assertThat(alone.err()).contains("--name").contains("--serving");
  }

  @Test
  void exportPrintsServerCommands() throws IOException {
    StringWriter text = new StringWriter();
    PrintWriter out = new PrintWriter(text);
    ServingText.print(out, ServingExport.finish(version, "photos"));
    out.flush();
    assertThat(text.toString())
        .contains("Warm-up requests, all verified: 8 in " + version)
        .contains("models.config already exists with other content and was kept")
        .contains("docker run --rm ")
        .contains("tensorflow_model_server --port=8500 --rest_api_port=8501 ")
        .contains("http://localhost:8501/v1/models/photos:predict")
        .contains("tensorflow.serving.PredictionService/Classify < ");
  }

  private static String post(String call, Path body) throws Exception {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(server.restAddress() + "/v1/models/tiny" + call))
            .POST(BodyPublishers.ofFile(body))
            .build();
    return HttpClient.newHttpClient().send(request, BodyHandlers.ofString()).body();
  }

  private static String[] arguments(String address, Object... images) {
    List<String> arguments = new ArrayList<>(List.of(address, "tiny"));
    for (Object one : images) {
      arguments.add(one.toString());
    }
    return arguments.toArray(String[]::new);
  }

  private interface Program {
    void run() throws Exception;
  }

  private static String[] printed(Program program) throws Exception {
    PrintStream console = System.out;
    ByteArrayOutputStream printed = new ByteArrayOutputStream();
    System.setOut(new PrintStream(printed, true, StandardCharsets.UTF_8));
    try {
      program.run();
    } finally {
      System.setOut(console);
    }
    return printed.toString(StandardCharsets.UTF_8).split("\\R");
  }

  private static void assumePackages(String python, String... names) throws Exception {
    for (String name : names) {
      Process process =
          new ProcessBuilder(
                  python, "-c", "import importlib.util as u; exit(not u.find_spec('" + name + "'))")
              .start();
      Assumptions.assumeTrue(process.waitFor() == 0, "Python has no " + name);
    }
  }

  private static String run(String... command) throws IOException, InterruptedException {
    Path out = Files.createTempFile(directory, "out", ".txt");
    Path err = Files.createTempFile(directory, "err", ".txt");
    Process process =
        new ProcessBuilder(command)
            .redirectOutput(out.toFile())
            .redirectError(err.toFile())
            .start();
    try {
      assertThat(process.waitFor(170, TimeUnit.SECONDS)).isTrue();
    } finally {
      process.destroyForcibly();
    }
    assertThat(process.exitValue()).as(Files.readString(err)).isZero();
    return Files.readString(out);
  }
}
