package dev.recal.tools.golden;

import com.google.gson.JsonObject;
import java.nio.file.Path;
import java.util.Objects;
import org.tensorflow.ndarray.Shape;

/**
 * One entry of a directory's {@code manifest.json}.
 *
 * @param name the entry's key
 * @param module the layer's type name; or the kind of a case that is not that of a layer
 * @param settings the layer's own members; those of a kind include the member {@code kind}
 * @param training whether batch statistics are used and updated
 * @param file a safetensors file; of a kind, the path of the case's name in the directory
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

  /** A case that is not that of a layer. */
  static GoldenCase ofKind(String name, String kind, JsonObject settings, Path file) {
    return new GoldenCase(name, kind, settings, false, file, Shape.scalar(), 0);
  }
}
