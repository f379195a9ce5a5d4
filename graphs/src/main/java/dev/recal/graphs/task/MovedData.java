package dev.recal.graphs.task;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;

/** Relocates a recipe's data: finds paths that no longer exist below a directory. */
final class MovedData {

  private static final String DATA = "data";
  private static final Set<String> PATHS =
      Set.of("root", "file", "files", "path", "directory", "pairs");

  private final Path directory;

  private MovedData(Path directory) {
    this.directory = directory.toAbsolutePath().normalize();
  }

  /**
   * Returns a recipe whose data is below a directory: for a missing {@code /old/photos/train} the
   * first existing one of {@code DIR/old/photos/train}, {@code DIR/photos/train} and {@code
   * DIR/train}.
   *
   * @param recipe written out; not changed
   * @throws IllegalArgumentException if a path is neither there nor below the directory
   */
  static JsonObject find(JsonObject recipe, Path directory) {
    JsonObject changed = recipe.deepCopy();
    if (changed.get(DATA) instanceof JsonObject data) {
      new MovedData(directory).find(data);
    }
    return changed;
  }

  private void find(JsonObject object) {
    for (String key : Set.copyOf(object.keySet())) {
      JsonElement value = object.get(key);
      if (value instanceof JsonObject inner) {
        find(inner);
      } else if (PATHS.contains(key)) {
        object.add(key, found(value));
      }
    }
  }

  private JsonElement found(JsonElement value) {
    if (value instanceof JsonArray array) {
      JsonArray all = new JsonArray();
      array.forEach(one -> all.add(found(one)));
      return all;
    }
    return value instanceof JsonPrimitive text && text.isString()
        ? new JsonPrimitive(found(Path.of(text.getAsString())).toString())
        : value;
  }

  private Path found(Path path) {
    if (Files.exists(path)) {
      return path;
    }
    for (int from = 0; from < path.getNameCount(); from++) {
      Path candidate = directory.resolve(path.subpath(from, path.getNameCount()).toString());
      if (Files.exists(candidate)) {
        return candidate;
      }
    }
    throw new IllegalArgumentException(
        "data: expected "
            + path.getFileName()
            + " or a longer end of "
            + path
            + " below "
            + directory
            + ", but got nothing of that name.");
  }
}
