package dev.recal.tools.golden;

import com.google.gson.JsonObject;
import java.nio.file.Path;
import java.util.Objects;
import org.tensorflow.ndarray.Shape;

/**
 * One entry of a directory's {@code manifest.json}.
 *
 * @param name the entry's key
 * @param module the layer's type name
 * @param settings the layer's own members
 * @param training whether batch statistics are used and updated
 * @param file a safetensors file
 * @param outputShape the output's shape
 * @param parameters the number of trainable values
 */
public record GoldenCase(
    String name,
    String module,
    JsonObject settings,
    boolean training,
    Path file,
    Shape outputShape,
    long parameters) {

  /** Rejects missing members. */
  public GoldenCase {
    Objects.requireNonNull(name, "name");
    Objects.requireNonNull(module, "module");
    Objects.requireNonNull(settings, "settings");
    Objects.requireNonNull(file, "file");
    Objects.requireNonNull(outputShape, "outputShape");
  }
}
