package dev.recal.savedmodels.serving;

import dev.recal.savedmodels.SavedModelDescription;
import dev.recal.savedmodels.TensorDescription;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.tensorflow.ndarray.Shape;

/**
 * Command lines for a POSIX shell that start TensorFlow Serving on a model and send requests to it.
 *
 * @param files the model's side files
 * @param description the description of the model
 */
public record ServerCommands(ServingFiles files, SavedModelDescription description) {

  private static final int RPC_PORT = 8500;
  private static final int REST_PORT = 8501;
  private static final String SERVICE = "tensorflow.serving.PredictionService/";

  /** Starts the server in its container; it accepts connections from this machine only. */
  public String docker() {
    String model = files.model().toString();
    List<String> words = new ArrayList<>(List.of("docker", "run", "--rm"));
    words.addAll(List.of("-p", "127.0.0.1:" + RPC_PORT + ":" + RPC_PORT));
    words.addAll(List.of("-p", "127.0.0.1:" + REST_PORT + ":" + REST_PORT));
    // The same path inside the container, so that one configuration works for both commands.
    String mount =
        List.of("type=bind", "source=" + model, "target=" + model, "readonly").stream()
            .map(ServerCommands::field)
            .collect(Collectors.joining(","));
    words.addAll(List.of("--mount", mount, "tensorflow/serving"));
    words.addAll(settings());
    return ShellWords.line(words);
  }

  /** Starts the server's binary on this machine. */
  public String binary() {
    List<String> words = new ArrayList<>(List.of("tensorflow_model_server"));
    words.addAll(List.of("--port=" + RPC_PORT, "--rest_api_port=" + REST_PORT));
    words.addAll(settings());
    return ShellWords.line(words);
  }

  /**
   * Sends REST requests: the status, a prediction and a classification, as far as the model
   * supports them.
   *
   * @throws IOException if the model's golden inputs are damaged
   */
  public List<String> rest() throws IOException {
    String address = "http://localhost:" + REST_PORT + "/v1/models/" + files.name();
    List<String> lines = new ArrayList<>();
    lines.add(ShellWords.line(List.of("curl", address)));
    if (RequestFiles.predicting(description).isPresent()) {
      lines.add(post(address + ":predict", ServingFiles.PREDICT));
    }
    if (RequestFiles.classifies(description)) {
      lines.add(post(address + ":classify", ServingFiles.CLASSIFY));
    }
    return lines;
  }

  /**
   * Sends gRPC requests with grpcurl.
   *
   * @throws IOException if the model's golden inputs are damaged
   */
  public List<String> rpc() throws IOException {
    List<String> lines = new ArrayList<>();
    if (RequestFiles.predicting(description).isPresent()) {
      lines.add(call("Predict", ServingFiles.PREDICT_RPC));
    }
    if (RequestFiles.classifies(description)) {
      lines.add(call("Classify", ServingFiles.CLASSIFY_RPC));
    }
    return lines;
  }

  // Docker reads the value of --mount as a line of comma-separated values.
  private static String field(String text) {
    boolean plain = text.indexOf(',') < 0 && text.indexOf('"') < 0;
    return plain ? text : "\"" + text.replace("\"", "\"\"") + "\"";
  }

  private List<String> settings() {
    List<String> settings = new ArrayList<>();
    settings.add("--model_config_file=" + files.model().resolve(ServingFiles.MODELS));
    if (batches()) {
      settings.add("--enable_batching");
      settings.add("--batching_parameters_file=" + files.model().resolve(ServingFiles.BATCHING));
    }
    return settings;
  }

  // A server that batches requests does so for every signature: it rejects inputs without rows, and
  // joins requests into more rows than an input with a fixed number takes.
  private boolean batches() {
    return description.signatures().stream()
        .flatMap(signature -> signature.inputs().values().stream())
        .map(TensorDescription::shape)
        .allMatch(
            shape ->
                shape.isUnknown()
                    || shape.numDimensions() > 0 && shape.get(0) == Shape.UNKNOWN_SIZE);
  }

  private String post(String address, String file) {
    return ShellWords.line(List.of("curl", "-d", "@" + request(file), address));
  }

  private String call(String method, String file) {
    List<String> words =
        List.of(
            "grpcurl",
            "-plaintext",
            "-max-msg-sz",
            Integer.toString(64 << 20),
            "-protoset",
            request(ServingFiles.DESCRIPTORS).toString(),
            "-d",
            "@",
            "localhost:" + RPC_PORT,
            SERVICE + method);
    return ShellWords.line(words) + " < " + ShellWords.quote(request(file).toString());
  }

  private Path request(String file) {
    return files.model().resolve(ServingFiles.REQUESTS).resolve(file);
  }
}
