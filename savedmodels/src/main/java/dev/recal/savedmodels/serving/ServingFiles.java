package dev.recal.savedmodels.serving;

import dev.recal.savedmodels.SavedModelDescription;
import dev.recal.savedmodels.SavedModelReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * The files beside a model's versions, with which TensorFlow Serving is started and asked: {@value
 * #MODELS}, {@value #BATCHING}, and in {@value #REQUESTS} bodies of requests with the description
 * of the messages. The server itself looks at directories with integer names only.
 *
 * @param model the directory of the versions, absolute, as the server is to see it
 * @param name what the server calls the model
 */
public record ServingFiles(Path model, String name) {

  /** Which models a server has. */
  public static final String MODELS = "models.config";

  /** How it puts requests together. */
  public static final String BATCHING = "batching.config";

  /** The directory of request bodies. */
  public static final String REQUESTS = "requests";

  /** The rows that a server puts together at most. */
  public static final int MAX_BATCH = 16;

  static final String DESCRIPTORS = "prediction_service.protoset";
  static final String PREDICT = "predict.json";
  static final String CLASSIFY = "classify.json";
  static final String PREDICT_RPC = "predict-grpc.json";
  static final String CLASSIFY_RPC = "classify-grpc.json";
  static final String IMAGE = "image.jpg";

  private static final String LEGAL_NAME = "[A-Za-z0-9._-]+";

  /** Makes the path absolute; refuses names that would have to be escaped in an address. */
  public ServingFiles {
    model = model.toAbsolutePath().normalize();
    if (!isName(name)) {
      throw new IllegalArgumentException(
          "name: expected letters, digits, '.', '_' and '-', but got '" + name + "'.");
    }
  }

  /** Whether a model may be called so: what stands in an address as it is. */
  public static boolean isName(String name) {
    return name.matches(LEGAL_NAME);
  }

  /** The files beside a version, under the name of the directory that holds the versions. */
  public static ServingFiles beside(Path version) {
    Path model = version.toAbsolutePath().normalize().getParent();
    return new ServingFiles(model, nameOf(model));
  }

  /** The same for a server that gives the model another name. */
  public ServingFiles named(String other) {
    return new ServingFiles(model, other);
  }

  private static String nameOf(Path model) {
    Path last = model.getFileName();
    String name = last == null ? "" : last.toString().replaceAll("[^A-Za-z0-9._-]", "_");
    return name.isEmpty() ? "model" : name;
  }

  /**
   * Writes the files. Configuration that is there already and says something else is left alone,
   * since a person may have changed it; requests are written anew.
   *
   * @param version the model to make requests for
   * @param image an image file to send
   * @return the configuration files that were left alone
   */
  public List<Path> write(Path version, byte[] image) throws IOException {
    List<Path> kept = new ArrayList<>();
    for (Map.Entry<String, String> file :
        Map.of(MODELS, models(), BATCHING, batching()).entrySet()) {
      Path path = model.resolve(file.getKey());
      if (!Files.exists(path)) {
        replace(path, file.getValue().getBytes(StandardCharsets.UTF_8));
      } else if (!Files.readString(path).equals(file.getValue())) {
        kept.add(path);
      }
    }
    SavedModelDescription description = SavedModelReader.describe(version);
    Path requests = Files.createDirectories(model.resolve(REQUESTS));
    for (Map.Entry<String, byte[]> file : RequestFiles.of(name, description, image).entrySet()) {
      replace(requests.resolve(file.getKey()), file.getValue());
    }
    kept.sort(null);
    return kept;
  }

  /** Returns the text of {@value #MODELS}: one model, of which the newest version is served. */
  public String models() {
    return """
    model_config_list {
      config {
        name: "%s"
        base_path: "%s"
        model_platform: "tensorflow"
        model_version_policy { latest { num_versions: 1 } }
      }
    }
    """
        .formatted(name, TextMessages.escape(model.toString()));
  }

  /**
   * Returns the text of {@value #BATCHING}: up to {@value #MAX_BATCH} rows at once, waiting two
   * milliseconds for them. As many batches run side by side as the server's machine has processors.
   */
  public String batching() {
    return """
    max_batch_size { value: %d }
    batch_timeout_micros { value: 2000 }
    max_enqueued_batches { value: 100 }
    """
        .formatted(MAX_BATCH);
  }

  // Whoever reads at this moment sees the old file or the new one.
  private static void replace(Path file, byte[] content) throws IOException {
    Path part = file.resolveSibling("." + file.getFileName() + ".part");
    Files.write(part, content);
    Files.move(part, file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
  }
}
