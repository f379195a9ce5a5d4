package dev.recal.ops.files;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

/**
 * The files of other formats that are mistaken for models and weights, told by their contents.
 *
 * <p>Each has an advice what to do where a SavedModel is expected, and where weights are.
 */
public enum FileKind {
  KERAS_ARCHIVE(
      "a Keras archive",
      "load it with Keras and export it by model.export(DIRECTORY)",
      "load it with Keras and save its weights with safetensors"),
  HDF5(
      "an HDF5 file, as Keras 2 saves models and weights",
      "load it with Keras and export it by model.export(DIRECTORY)",
      "load it with Keras and save its weights with safetensors"),
  TFLITE(
      "a TFLite model",
      "use the SavedModel that it was converted from",
      "import the checkpoint or SavedModel that it was converted from"),
  ONNX(
      "an ONNX model",
      "convert it to a SavedModel in Python, for example with onnx2tf",
      "save the weights of the model that it was exported from with safetensors"),
  SAVED_MODEL_GRAPH(
      "the graph of a SavedModel",
      "give the directory that it is in",
      "give the directory of the SavedModel"),
  FROZEN_GRAPH(
      "a frozen TensorFlow graph",
      "convert it to a SavedModel in Python, with tf.compat.v1.saved_model.simple_save",
      "import the checkpoint that it was frozen from"),
  PYTORCH(
      "a PyTorch file",
      "its weights, saved with safetensors.torch.save_file, can be imported into a network",
      "Python pickles are not read, because loading them executes code; save the weights from"
          + " PyTorch with safetensors.torch.save_file"),
  PICKLE(
      "a Python pickle",
      "pickles are not read, because loading them executes code",
      "Python pickles are not read, because loading them executes code; save the weights with"
          + " safetensors"),
  NUMPY_ARCHIVE(
      "a NumPy archive",
      "it contains arrays without a graph",
      "load it with NumPy and save it with safetensors.numpy.save_file"),
  NUMPY_ARRAY(
      "a NumPy array",
      "it contains an array without a graph",
      "load it with NumPy and save it with safetensors.numpy.save_file"),
  SAFETENSORS(
      "a safetensors file",
      "it contains weights without a graph; import them into a network",
      "it contains tensors"),
  CHECKPOINT(
      "part of a TensorFlow checkpoint",
      "it contains weights without a graph; import them into a network",
      "give its prefix, without .index and .data-…"),
  ZIPPED_SAVED_MODEL(
      "a zip archive of a SavedModel",
      "unpack it and give the directory that contains saved_model.pb",
      "unpack it and give the directory that contains saved_model.pb"),
  ZIP("a zip archive", "unpack it", "unpack it"),
  GZIP("a gzip archive", "unpack it", "unpack it"),
  TAR("a tar archive", "unpack it", "unpack it");

  private static final int HEAD = 300;
  private static final int TAR_MAGIC = 257;
  private static final int MAX_ENTRIES = 10_000;

  private final String description;
  private final String modelAdvice;
  private final String weightAdvice;

  FileKind(String description, String modelAdvice, String weightAdvice) {
    this.description = description;
    this.modelAdvice = modelAdvice;
    this.weightAdvice = weightAdvice;
  }

  /** Returns the kind with an article, for example {@code "an ONNX model"}. */
  public String description() {
    return description;
  }

  /** Returns what to do with it where weights are expected, without a full stop. */
  public String weightAdvice() {
    return weightAdvice;
  }

  /** Returns a path, with the kind of the file if it is one of these. */
  public static String named(Path path) {
    return path + of(path).map(kind -> ", which is " + kind.description).orElse("");
  }

  /** Returns the failure of reading a file that was given in place of a SavedModel. */
  public static IOException notSavedModel(Path file) {
    return new IOException(
        of(file)
            .map(
                kind ->
                    String.format(
                        Locale.ROOT,
                        "File %s is %s, but a SavedModel is a directory: %s.",
                        file,
                        kind.description,
                        kind.modelAdvice))
            .orElse(
                "File "
                    + file
                    + " is not a SavedModel, which is a directory with saved_model.pb."));
  }

  /**
   * Tells a file's kind by its contents.
   *
   * @return empty if it is none of these, or cannot be read
   */
  public static Optional<FileKind> of(Path file) {
    if (!Files.isRegularFile(file)) {
      return Optional.empty();
    }
    byte[] head;
    long size;
    try (InputStream stream = Files.newInputStream(file)) {
      head = stream.readNBytes(HEAD);
      size = Files.size(file);
    } catch (IOException unreadable) {
      return Optional.empty();
    }
    if (starts(head, 0, 'P', 'K', 3, 4)) {
      return Optional.of(zip(file));
    }
    return signature(head)
        .or(() -> safetensors(head, size) ? Optional.of(SAFETENSORS) : Optional.empty())
        .or(() -> checkpoint(file))
        .or(() -> message(head));
  }

  private static Optional<FileKind> signature(byte[] head) {
    if (starts(head, 0, 0x89, 'H', 'D', 'F', '\r', '\n', 0x1a, '\n')) {
      return Optional.of(HDF5);
    }
    if (starts(head, 4, 'T', 'F', 'L', '3')) {
      return Optional.of(TFLITE);
    }
    if (starts(head, 0, 0x93, 'N', 'U', 'M', 'P', 'Y')) {
      return Optional.of(NUMPY_ARRAY);
    }
    if (starts(head, 0, 0x1f, 0x8b)) {
      return Optional.of(GZIP);
    }
    if (starts(head, TAR_MAGIC, 'u', 's', 't', 'a', 'r')) {
      return Optional.of(TAR);
    }
    // Protocols 2 to 5; PyTorch's first files begin with a pickle of its magic number.
    if (head.length > 2 && (head[0] & 0xff) == 0x80 && head[1] >= 2 && head[1] <= 5) {
      return Optional.of(
          starts(head, 2, 0x8a, 0x0a, 0x6c, 0xfc, 0x9c, 0x46, 0xf9, 0x20) ? PYTORCH : PICKLE);
    }
    return Optional.empty();
  }

  private static boolean safetensors(byte[] head, long size) {
    if (head.length < 10 || head[8] != '{') {
      return false;
    }
    long length = 0;
    for (int i = Long.BYTES - 1; i >= 0; i--) {
      length = length << 8 | head[i] & 0xff;
    }
    return length >= 2 && length <= size - Long.BYTES;
  }

  // A checkpoint has no signature at its beginning.
  private static Optional<FileKind> checkpoint(Path file) {
    String name = file.getFileName().toString();
    return name.endsWith(".index") || name.matches(".*\\.data-\\d{5}-of-\\d{5}")
        ? Optional.of(CHECKPOINT)
        : Optional.empty();
  }

  // Protocol buffers have no signature; these are their first fields, which are always written.
  private static Optional<FileKind> message(byte[] head) {
    if (starts(head, 0, 0x08) && head.length > 2) {
      if (head[1] <= 1 && starts(head, 2, 0x12)) {
        return Optional.of(SAVED_MODEL_GRAPH);
      }
      // The version of the format, then the producer or the graph.
      boolean next = List.of(0x12, 0x1a, 0x22, 0x32, 0x3a, 0x42).contains((int) head[2]);
      return head[1] >= 3 && head[1] <= 30 && next ? Optional.of(ONNX) : Optional.empty();
    }
    // A list of nodes, each with a name.
    int inner = head.length > 1 && head[1] < 0 ? 3 : 2;
    boolean nodes = starts(head, 0, 0x0a) && starts(head, inner, 0x0a) && head.length > inner + 2;
    if (!nodes) {
      return Optional.empty();
    }
    int length = head[inner + 1];
    int end = inner + 2 + length;
    boolean name =
        length > 0
            && end < head.length
            && new String(head, inner + 2, length, StandardCharsets.UTF_8)
                .matches("[A-Za-z0-9.][A-Za-z0-9_.\\\\/>-]*");
    // After the name comes the operation.
    return name && head[end] == 0x12 ? Optional.of(FROZEN_GRAPH) : Optional.empty();
  }

  private static FileKind zip(Path file) {
    List<String> names;
    try (ZipFile zip = new ZipFile(file.toFile())) {
      names = zip.stream().limit(MAX_ENTRIES).map(ZipEntry::getName).toList();
    } catch (IOException | IllegalArgumentException damaged) {
      return ZIP;
    }
    if (names.contains("config.json") && names.contains("model.weights.h5")) {
      return KERAS_ARCHIVE;
    }
    if (any(names, "data.pkl")) {
      return PYTORCH;
    }
    if (any(names, "saved_model.pb")) {
      return ZIPPED_SAVED_MODEL;
    }
    boolean arrays = !names.isEmpty() && names.stream().allMatch(name -> name.endsWith(".npy"));
    return arrays ? NUMPY_ARCHIVE : ZIP;
  }

  private static boolean any(List<String> names, String file) {
    return names.stream().anyMatch(name -> name.equals(file) || name.endsWith("/" + file));
  }

  private static boolean starts(byte[] head, int offset, int... expected) {
    return head.length >= offset + expected.length
        && Arrays.equals(
            Arrays.copyOfRange(head, offset, offset + expected.length), bytes(expected));
  }

  private static byte[] bytes(int... values) {
    byte[] bytes = new byte[values.length];
    for (int i = 0; i < values.length; i++) {
      bytes[i] = (byte) values[i];
    }
    return bytes;
  }
}
