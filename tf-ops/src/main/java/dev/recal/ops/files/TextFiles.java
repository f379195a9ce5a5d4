package dev.recal.ops.files;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/** Reads text files: UTF-8, with or without a byte order mark. */
public final class TextFiles {

  private static final String BYTE_ORDER_MARK = "\uFEFF";

  private TextFiles() {}

  /**
   * Reads a text.
   *
   * @throws IOException if the file cannot be read or is not UTF-8; the message names it
   */
  public static String read(Path file) throws IOException {
    byte[] bytes = FileBytes.read(file);
    ByteBuffer in = ByteBuffer.wrap(bytes);
    // UTF-8 never has more characters than bytes.
    CharBuffer out = CharBuffer.allocate(bytes.length);
    CharsetDecoder decoder = StandardCharsets.UTF_8.newDecoder();
    CoderResult result = decoder.decode(in, out, true);
    if (result.isError()) {
      throw new IOException(problem(file, bytes, in.position()));
    }
    String text = out.flip().toString();
    return text.startsWith(BYTE_ORDER_MARK) ? text.substring(1) : text;
  }

  /**
   * Reads the lines of a text.
   *
   * @throws IOException if the file cannot be read or is not UTF-8; the message names it
   */
  public static List<String> lines(Path file) throws IOException {
    return read(file).lines().toList();
  }

  /**
   * Writes a text as UTF-8, or replaces it.
   *
   * @throws IOException if the file cannot be written; the message names it
   */
  public static void write(Path file, String text) throws IOException {
    try {
      Files.writeString(file, text);
    } catch (IOException failure) {
      throw FileFailures.writing(file, failure);
    }
  }

  private static String problem(Path file, byte[] bytes, int position) {
    boolean utf16 =
        bytes.length >= 2
            && ((bytes[0] & 0xff) == 0xff && (bytes[1] & 0xff) == 0xfe
                || (bytes[0] & 0xff) == 0xfe && (bytes[1] & 0xff) == 0xff);
    return utf16
        ? "File " + file + ": expected UTF-8 text, but it is UTF-16; save it as UTF-8."
        : String.format(
            Locale.ROOT,
            "File %s: expected UTF-8 text, but byte 0x%02x at position %d is not.",
            file,
            bytes[position] & 0xff,
            position);
  }
}
