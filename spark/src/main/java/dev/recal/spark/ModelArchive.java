package dev.recal.spark;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.Deflater;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import java.util.zip.ZipOutputStream;

/** A directory as one stream of bytes. */
final class ModelArchive {

  private ModelArchive() {}

  /**
   * Writes a directory.
   *
   * @return the SHA-256 of what was written, which depends only on names and contents of files
   */
  static String pack(Path directory, OutputStream output) throws IOException {
    List<Path> files;
    try (Stream<Path> walk = Files.walk(directory)) {
      files = walk.filter(Files::isRegularFile).sorted().toList();
    }
    MessageDigest digest = sha256();
    try (ZipOutputStream zip = new ZipOutputStream(new DigestOutputStream(output, digest))) {
      // Weights cannot be compressed.
      zip.setLevel(Deflater.NO_COMPRESSION);
      for (Path source : files) {
        ZipEntry entry = new ZipEntry(directory.relativize(source).toString().replace('\\', '/'));
        entry.setTime(0);
        zip.putNextEntry(entry);
        Files.copy(source, zip);
        zip.closeEntry();
      }
    }
    return HexFormat.of().formatHex(digest.digest());
  }

  /** Writes what was packed into a directory. */
  static void unpack(InputStream input, Path directory) throws IOException {
    Path root = directory.toAbsolutePath().normalize();
    try (ZipInputStream zip = new ZipInputStream(input)) {
      for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
        Path target = root.resolve(entry.getName()).normalize();
        if (!target.startsWith(root)) {
          throw new IOException("The archive of a model is damaged: it names " + target + ".");
        }
        Files.createDirectories(target.getParent());
        Files.copy(zip, target);
      }
    }
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException impossible) {
      throw new IllegalStateException("Every Java has SHA-256.", impossible);
    }
  }
}
