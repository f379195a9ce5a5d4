package dev.recal.savedmodels.serving;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.recal.ops.records.TfRecordReader;
import dev.recal.ops.records.TfRecordWriter;
import dev.recal.ops.records.UntrustedMessages;
import dev.recal.savedmodels.ModelAddition;
import dev.recal.savedmodels.Predictor;
import dev.recal.savedmodels.SavedModelDescription;
import dev.recal.savedmodels.proto.PredictionLog;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Writes the requests that TensorFlow Serving runs after loading a model, so that the first caller
 * does not have to wait: {@code assets.extra/tf_serving_warmup_requests}, a TFRecord file of {@code
 * PredictionLog} messages. A failing request makes the server reject the model, so the file is read
 * back and every request is run before the model is published.
 *
 * @param batches the numbers of rows of each signature's requests; at most the server's {@code
 *     max_batch_size}
 * @param image an image file, for the signatures that take files
 */
public record WarmUp(List<Integer> batches, byte[] image) implements ModelAddition {

  /** The path that the server reads. */
  public static final String FILE = "assets.extra/tf_serving_warmup_requests";

  // A server ignores the name in requests inside the model.
  private static final String MODEL = "default";

  /** The server rejects files with more records. */
  public static final int LIMIT = 1000;

  /** Copies the list. */
  public WarmUp {
    batches = List.copyOf(batches);
    if (batches.isEmpty() || batches.stream().anyMatch(rows -> rows < 1)) {
      throw new IllegalArgumentException(
          "batches: expected one or more numbers, each at least 1, but got " + batches + ".");
    }
    image = image.clone();
  }

  /**
   * Requests of one row and of the maximum batch of a server with {@link ServingFiles#batching()}.
   */
  public static WarmUp with(byte[] image) {
    return new WarmUp(List.of(1, ServingFiles.MAX_BATCH), image);
  }

  @Override
  public void addTo(Path directory) throws IOException {
    try (Predictor predictor = Predictor.open(directory)) {
      List<PredictionLog> requests = requests(predictor.description());
      if (requests.isEmpty()) {
        return;
      }
      Path file = directory.resolve(FILE);
      Files.createDirectories(file.getParent());
      write(file, requests);
      List<PredictionLog> written = read(file);
      if (!written.equals(requests)) {
        throw new IOException(
            "The warm-up requests read from " + file + " differ from those written.");
      }
      try {
        run(predictor, written);
      } catch (IllegalArgumentException e) {
        throw new IOException(e.getMessage(), e);
      }
    }
  }

  /**
   * The warm-up requests that a model was run on.
   *
   * @param answered how many it answered
   * @param skipped how many are of kinds other than predict and classify
   */
  public record Replayed(int answered, int skipped) {}

  /**
   * Runs the warm-up requests inside a loaded model, as TensorFlow Serving does before it serves.
   *
   * @throws IOException if their file is damaged
   * @throws IllegalArgumentException if the model rejects one of them
   */
  public static Replayed replay(Predictor predictor) throws IOException {
    Path file = predictor.description().directory().resolve(FILE);
    if (!Files.isRegularFile(file)) {
      return new Replayed(0, 0);
    }
    List<PredictionLog> all = read(file);
    List<PredictionLog> known =
        all.stream()
            .filter(log -> log.getLogTypeCase() != PredictionLog.LogTypeCase.LOGTYPE_NOT_SET)
            .toList();
    run(predictor, known);
    return new Replayed(known.size(), all.size() - known.size());
  }

  /**
   * Returns a request for each signature and batch; for a signature with scalars one with the
   * golden inputs, if there are any. Signatures whose inputs cannot be generated get none: strings
   * other than image files and examples, integers, and inputs with free dimensions other than the
   * first.
   *
   * @throws IOException if the file of the golden inputs is damaged
   * @throws IllegalArgumentException if there are more than {@value #LIMIT}
   */
  public List<PredictionLog> requests(SavedModelDescription description) throws IOException {
    WarmUpInputs inputs = WarmUpInputs.of(MODEL, image, description);
    List<PredictionLog> requests = new ArrayList<>();
    description.signatures().stream()
        .sorted((one, other) -> one.key().compareTo(other.key()))
        .forEach(signature -> requests.addAll(inputs.requests(signature, batches)));
    if (requests.size() > LIMIT) {
      throw new IllegalArgumentException(
          "batches: expected at most "
              + LIMIT
              + " requests, but "
              + batches.size()
              + " batches make "
              + requests.size()
              + ".");
    }
    return requests;
  }

  /** Writes a file of requests, which must not exist. */
  static void write(Path file, List<PredictionLog> requests) throws IOException {
    try (TfRecordWriter writer = TfRecordWriter.create(file)) {
      for (PredictionLog request : requests) {
        writer.write(request.toByteArray());
      }
    }
  }

  /**
   * Reads a file of requests.
   *
   * @throws IOException if it is damaged, or has more than {@value #LIMIT} records
   */
  public static List<PredictionLog> read(Path file) throws IOException {
    List<PredictionLog> requests = new ArrayList<>();
    try (TfRecordReader reader = TfRecordReader.open(file)) {
      for (Optional<byte[]> record = reader.next(); record.isPresent(); record = reader.next()) {
        if (requests.size() == LIMIT) {
          throw new IOException("File " + file + " has more than " + LIMIT + " warm-up requests.");
        }
        requests.add(UntrustedMessages.parse(PredictionLog.parser(), record.get()));
      }
    } catch (InvalidProtocolBufferException e) {
      throw new IOException(
          "Record "
              + requests.size()
              + " of "
              + file
              + " is not a PredictionLog message: "
              + e.getMessage(),
          e);
    }
    return requests;
  }

  private static void run(Predictor predictor, List<PredictionLog> requests) throws IOException {
    for (int i = 0; i < requests.size(); i++) {
      if (Thread.currentThread().isInterrupted()) {
        throw new InterruptedIOException("The warm-up was interrupted.");
      }
      try {
        PredictionCalls.run(predictor, requests.get(i));
      } catch (IllegalArgumentException e) {
        throw new IllegalArgumentException(
            "The model rejects its own warm-up request " + i + ": " + e.getMessage(), e);
      }
    }
  }
}
