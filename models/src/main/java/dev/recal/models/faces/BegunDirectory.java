package dev.recal.models.faces;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonObject;
import dev.recal.graphs.files.AtomicFiles;
import dev.recal.ops.files.TextFiles;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** A directory that is filled by an interruptible job, and records the settings of the job. */
final class BegunDirectory {

  private static final Gson GSON = new GsonBuilder().setPrettyPrinting().create();

  private BegunDirectory() {}

  /**
   * Records the settings, or compares them with those recorded.
   *
   * @param name of the file with the settings
   * @throws IOException if the directory cannot be written, or was begun with other settings
   */
  static void require(Path directory, String name, JsonObject settings) throws IOException {
    String text = GSON.toJson(settings);
    Path file = directory.resolve(name);
    if (!Files.exists(file)) {
      AtomicFiles.write(file, text.getBytes(StandardCharsets.UTF_8));
      return;
    }
    String found = TextFiles.read(file);
    if (!found.equals(text)) {
      throw new IOException(
          "Directory "
              + directory
              + " was begun with other settings: "
              + found.replaceAll("\\s+", " ")
              + ".");
    }
  }
}
