package dev.recal.savedmodels.serving;

import dev.recal.ops.files.FileBytes;
import dev.recal.ops.files.FileFailures;
import dev.recal.ops.files.TemporaryPath;
import dev.recal.savedmodels.SavedModelDescription;
import dev.recal.savedmodels.SavedModelReader;
import java.io.IOException;
import java.nio.channels.Channels;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * The files next to a model's versions for starting and calling TensorFlow Serving: {@value
 * #MODELS}, {@value #BATCHING}, and in {@value #REQUESTS} bodies of requests with the description
 * of the messages. The server itself only reads directories with integer names.
 *
 * @param model the directory of the versions, as an absolute path on the server
 * @param name the name of the model on the server
 */
public record ServingFiles(Path model, String name) {

  /** The model configuration of a server. */
  public static final String MODELS = "models.config";

  /** The batching configuration of a server. */
  public static final String BATCHING = "batching.config";

  /** The directory of request bodies. */
  public static final String REQUESTS = "requests";

  /** The maximum number of rows in a batch of the server. */
  public static final int MAX_BATCH = 16;

  static final String DESCRIPTORS = "prediction_service.protoset";
  static final String PREDICT = "predict.json";
  static final String CLASSIFY = "classify.json";
  static final String PREDICT_RPC = "predict-grpc.json";
  static final String CLASSIFY_RPC = "classify-grpc.json";
  static final String IMAGE = "image.jpg";

  private static final String LEGAL_NAME = "[A-Za-z0-9._-]+";

  /** Makes the path absolute; rejects names that would have to be escaped in a URL. */
  public ServingFiles {
    model = model.toAbsolutePath().normalize();
    if (!isName(name)) {
      throw new IllegalArgumentException(
          "name: expected letters, digits, '.', '_' and '-', but got '" + name + "'.");
    }
  }

  /** Returns whether a name is allowed for a model: it must need no escaping in a URL. */
  public static boolean isName(String name) {
    return name.matches(LEGAL_NAME);
  }

  /** Returns the files next to a version, with the name of the directory of the versions. */
  public static ServingFiles nextTo(Path version) {
    Path model = version.toAbsolutePath().normalize().getParent();
    return new ServingFiles(model, nameOf(model));
  }

  /** Returns a copy with another name of the model on the server. */
  public ServingFiles named(String other) {
    return new ServingFiles(model, other);
  }

  private static String nameOf(Path model) {
    Path last = model.getFileName();
    String name = last == null ? "" : last.toString().replaceAll("[^A-Za-z0-9._-]", "_");
    return name.isEmpty() ? "model" : name;
  }

  /**
   * Rejects a directory in which the files have no place.
   *
   * @throws IOException if a directory has the name of a file, or a file that of a directory
   */
  public void requireWritable() throws IOException {
    for (String file : List.of(MODELS, BATCHING)) {
      if (Files.isDirectory(model.resolve(file))) {
        throw new IOException(
            "File " + model.resolve(file) + " cannot be written: it is a directory.");
      }
    }
    Path requests = model.resolve(REQUESTS);
    if (Files.exists(requests) && !Files.isDirectory(requests)) {
      throw new IOException("Directory " + requests + " cannot be written: it is a file.");
    }
  }

  /**
   * Writes the files. Existing configuration with other content is kept, since a user may have
   * edited it; requests are rewritten.
   *
   * @param version the model to make requests for
   * @param image an image file to send
   * @return the configuration files that were kept
   */
  public List<Path> write(Path version, byte[] image) throws IOException {
    List<Path> kept = new ArrayList<>();
    for (Map.Entry<String, String> file :
        Map.of(MODELS, models(), BATCHING, batching()).entrySet()) {
      Path path = model.resolve(file.getKey());
      if (!Files.exists(path)) {
        replace(path, file.getValue().getBytes(StandardCharsets.UTF_8));
      } else if (!Arrays.equals(
          FileBytes.read(path), file.getValue().getBytes(StandardCharsets.UTF_8))) {
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
    return String.format(
        Locale.ROOT,
        """
    model_config_list {
      config {
        name: "%s"
        base_path: "%s"
        model_platform: "tensorflow"
        model_version_policy { latest { num_versions: 1 } }
      }
    }
    """,
        name,
        TextMessages.escape(model.toString()));
  }

  /**
   * Returns the text of {@value #BATCHING}: up to {@value #MAX_BATCH} rows at once, with a timeout
   * of two milliseconds, and as many parallel batches as the server's machine has processors.
   */
  public String batching() {
    return String.format(
        Locale.ROOT,
        """
    max_batch_size { value: %d }
    batch_timeout_micros { value: 2000 }
    max_enqueued_batches { value: 100 }
    """,
        MAX_BATCH);
  }

  // Concurrent readers see the old file or the new one.
  private static void replace(Path file, byte[] content) throws IOException {
    try (TemporaryPath part = TemporaryPath.file(file)) {
      Channels.newOutputStream(part.channel()).write(content);
      Files.move(
          part.path(), file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException failure) {
      throw FileFailures.writing(file, failure);
    }
  }
}
