package dev.recal.graphs.data.source;

import dev.recal.ops.records.RecordChecksum;
import dev.recal.ops.records.TfRecordReader;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.GZIPInputStream;
import java.util.zip.InflaterInputStream;

/** Finds and opens TFRecord files: named one by one or by a pattern, plain or compressed. */
final class RecordFiles {
  private static final int HEADER_BYTES = Long.BYTES + Integer.BYTES;
  private static final int BUFFER_BYTES = 1 << 16;

  private RecordFiles() {}

  /** How a file is compressed. */
  enum Compression {
    NONE,
    GZIP,
    ZLIB
  }

  /**
   * Replaces patterns such as {@code train-*} by the files that they match, in the order of their
   * names. Only the last part of a path may be a pattern.
   *
   * @throws IllegalArgumentException if a path is not a file, or no file matches a pattern
   */
  static List<Path> find(List<Path> paths) throws IOException {
    List<Path> files = new ArrayList<>();
    for (Path path : paths) {
      if (Files.isRegularFile(path)) {
        files.add(path);
      } else if (isPattern(path)) {
        files.addAll(matching(path));
      } else {
        throw new IllegalArgumentException(
            "files: expected TFRecord files, but " + path + " is not a file.");
      }
    }
    return files;
  }

  /** Whether a path is a pattern of names. */
  static boolean isPattern(Path path) {
    return path.toString().matches(".*[*?\\[{].*");
  }

  private static List<Path> matching(Path pattern) throws IOException {
    Path parent = pattern.toAbsolutePath().getParent();
    List<Path> found = new ArrayList<>();
    if (Files.isDirectory(parent)) {
      try (DirectoryStream<Path> matches =
          Files.newDirectoryStream(parent, pattern.getFileName().toString())) {
        matches.forEach(found::add);
      }
    }
    found.removeIf(file -> !Files.isRegularFile(file));
    if (found.isEmpty()) {
      throw new IllegalArgumentException(
          "files: expected TFRecord files, but no file matches " + pattern + ".");
    }
    found.sort(null);
    return found;
  }

  /** Tells by the first bytes how a file is compressed. */
  static Compression compression(Path file) throws IOException {
    byte[] head;
    try (InputStream in = Files.newInputStream(file)) {
      head = in.readNBytes(HEADER_BYTES);
    }
    if (head.length < 2 || isHeader(head)) {
      return Compression.NONE;
    }
    int two = Short.toUnsignedInt(ByteBuffer.wrap(head).getShort());
    if (two == 0x1F8B) {
      return Compression.GZIP;
    }
    return two >> 8 == 0x78 && two % 31 == 0 ? Compression.ZLIB : Compression.NONE;
  }

  private static boolean isHeader(byte[] head) {
    return head.length == HEADER_BYTES
        && ByteBuffer.wrap(head).order(ByteOrder.LITTLE_ENDIAN).getInt(Long.BYTES)
            == RecordChecksum.masked(head, 0, Long.BYTES);
  }

  /** Opens a file. */
  static TfRecordReader open(Path file, Compression compression) throws IOException {
    InputStream in = new BufferedInputStream(Files.newInputStream(file), BUFFER_BYTES);
    try {
      InputStream plain =
          switch (compression) {
            case NONE -> in;
            case GZIP -> new GZIPInputStream(in, BUFFER_BYTES);
            case ZLIB -> new InflaterInputStream(in);
          };
      return new TfRecordReader(plain, file.toString());
    } catch (IOException damaged) {
      in.close();
      throw damaged;
    }
  }
}
