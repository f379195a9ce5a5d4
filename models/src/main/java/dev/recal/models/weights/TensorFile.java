package dev.recal.models.weights;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.tensorflow.ndarray.Shape;

/** Named tensors in a file, read one at a time. */
public interface TensorFile extends AutoCloseable {

  /**
   * The description of a tensor.
   *
   * @param type the element type as named in the file
   * @param real whether {@link TensorFile#floats} reads it
   * @param shape fully known
   */
  record Info(String type, boolean real, Shape shape) {}

  /** Returns the name of the file in messages. */
  String name();

  /** Returns the tensors by name, in the file's order. */
  Map<String, Info> tensors();

  /**
   * Reads a tensor of real numbers, row-major.
   *
   * @throws IOException if it cannot be read
   */
  float[] floats(String tensor) throws IOException;

  @Override
  void close() throws IOException;

  /**
   * Opens a safetensors file or a TensorFlow checkpoint.
   *
   * @param path a file, the prefix of a checkpoint, or a directory that holds {@code
   *     variables.index} or is a SavedModel
   * @throws IOException if there is none, or it is damaged
   */
  static TensorFile open(Path path) throws IOException {
    for (String prefix : List.of("", "/variables", "/variables/variables")) {
      if (Files.isRegularFile(Path.of(path + prefix + ".index"))) {
        return CheckpointTensors.open(path + prefix, "");
      }
    }
    if (Files.isDirectory(path)) {
      throw new IOException(
          "The directory " + path + " holds no variables.index of a TensorFlow checkpoint.");
    }
    if (path.toString().matches(".*\\.(pt|pth|bin|pkl|ckpt|tar)") && Files.isRegularFile(path)) {
      throw new IOException(
          "File "
              + path
              + ". Python pickles are not read, because loading them executes code; save the"
              + " weights from PyTorch with safetensors.torch.save_file.");
    }
    return SafetensorsTensors.open(path);
  }
}
