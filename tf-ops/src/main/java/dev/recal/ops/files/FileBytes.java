package dev.recal.ops.files;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Reads whole files into memory; failures name the file. */
public final class FileBytes {

  private FileBytes() {}

  /**
   * Reads a file.
   *
   * @throws IOException if it cannot be read or does not fit into memory; the message names it
   */
  public static byte[] read(Path file) throws IOException {
    try {
      return Files.readAllBytes(file);
    } catch (IOException failure) {
      throw FileFailures.reading(file, failure);
    } catch (OutOfMemoryError tooLarge) {
      throw new IOException(
          "File " + file + " cannot be read: it does not fit into memory.", tooLarge);
    }
  }
}
