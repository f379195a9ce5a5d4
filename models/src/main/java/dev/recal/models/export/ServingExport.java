package dev.recal.models.export;

import dev.recal.savedmodels.ModelAddition;
import dev.recal.savedmodels.SavedModelReader;
import dev.recal.savedmodels.SavedModelWriter;
import dev.recal.savedmodels.serving.SampleImage;
import dev.recal.savedmodels.serving.ServerCommands;
import dev.recal.savedmodels.serving.ServingFiles;
import dev.recal.savedmodels.serving.WarmUp;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * The files of TensorFlow Serving next to an exported model.
 *
 * @param version the written model
 * @param commands to start a server on it, and to send requests
 * @param kept existing configuration files with other content, which were kept
 */
public record ServingExport(Path version, ServerCommands commands, List<Path> kept) {

  private static final int IMAGE_SIZE = 256;

  /** Copies the list. */
  public ServingExport {
    kept = List.copyOf(kept);
  }

  /** Returns the addition to the model. */
  public static ModelAddition warmUp() throws IOException {
    return WarmUp.with(SampleImage.jpeg(IMAGE_SIZE));
  }

  /** Returns the addition with single requests only, for models with large responses. */
  public static ModelAddition warmUpOfOne() throws IOException {
    return new WarmUp(List.of(1), SampleImage.jpeg(IMAGE_SIZE));
  }

  /**
   * Rejects names that are not allowed on a server.
   *
   * @param name may be null, for the name of the model's directory
   * @throws IllegalArgumentException if it has other characters than an address takes as they are
   */
  public static void requireName(String name) {
    if (name != null && !ServingFiles.isName(name)) {
      throw new IllegalArgumentException(
          "name: expected letters, digits, '.', '_' and '-', but got '" + name + "'.");
    }
  }

  /**
   * Rejects a model whose directory has no place for the files.
   *
   * @param target {@code MODEL} or {@code MODEL/VERSION}, as it is exported to
   * @throws IOException if a directory has the name of a file, or a file that of a directory
   */
  public static void requireWritable(Path target) throws IOException {
    ServingFiles.nextTo(SavedModelWriter.version(target)).requireWritable();
  }

  /**
   * Writes the files next to a model.
   *
   * @param name the name of the model on the server; null for the name of its directory
   */
  public static ServingExport finish(Path version, String name) throws IOException {
    ServingFiles beside = ServingFiles.nextTo(version);
    ServingFiles files = name == null ? beside : beside.named(name);
    List<Path> kept = files.write(version, SampleImage.jpeg(IMAGE_SIZE));
    return new ServingExport(
        version, new ServerCommands(files, SavedModelReader.describe(version)), kept);
  }
}
