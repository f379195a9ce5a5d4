package dev.recal.models.faces;

import dev.recal.graphs.files.AtomicFiles;
import dev.recal.ops.files.FileBytes;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Matrices as NumPy's {@code .npy} files: versions 1 to 3 of the format, float32 and float64 of
 * both byte orders, row-major.
 */
public final class NpyFiles {

  private static final byte[] MAGIC = {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y'};
  private static final int ALIGNMENT = 64;
  private static final int SHORT_PREFIX = 10;
  private static final int LONG_PREFIX = 12;
  private static final Pattern TYPE = Pattern.compile("'descr': *'([<>])f([48])'");
  private static final Pattern ROW_MAJOR = Pattern.compile("'fortran_order': *False");
  private static final Pattern SHAPE =
      Pattern.compile("'shape': *\\(([0-9]{1,9}), *([1-9][0-9]{0,8}),?\\)");

  private NpyFiles() {}

  /**
   * Writes a matrix as float32.
   *
   * @param rows of equal length
   * @throws IOException if the file cannot be written
   */
  public static void write(Path file, List<float[]> rows) throws IOException {
    int columns = rows.isEmpty() ? 0 : rows.get(0).length;
    AtomicFiles.write(
        file,
        out -> {
          out.write(header(rows.size(), columns));
          ByteBuffer row =
              ByteBuffer.allocate(columns * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
          for (float[] values : rows) {
            row.asFloatBuffer().put(values);
            out.write(row.array());
          }
        });
  }

  private static byte[] header(int rows, int columns) {
    String text =
        "{'descr': '<f4', 'fortran_order': False, 'shape': (" + rows + ", " + columns + "), }";
    int end = SHORT_PREFIX + text.length() + 1;
    String padded = text + " ".repeat((ALIGNMENT - end % ALIGNMENT) % ALIGNMENT) + "\n";
    ByteBuffer header =
        ByteBuffer.allocate(SHORT_PREFIX + padded.length()).order(ByteOrder.LITTLE_ENDIAN);
    header.put(MAGIC).put((byte) 1).put((byte) 0).putShort((short) padded.length());
    return header.put(padded.getBytes(StandardCharsets.US_ASCII)).array();
  }

  /**
   * Reads a matrix.
   *
   * @return its rows
   * @throws IOException if the file cannot be read, or has other contents
   */
  public static double[][] read(Path file) throws IOException {
    ByteBuffer bytes = ByteBuffer.wrap(FileBytes.read(file)).order(ByteOrder.LITTLE_ENDIAN);
    String header = readHeader(file, bytes);
    Matcher type = TYPE.matcher(header);
    Matcher shape = SHAPE.matcher(header);
    if (!type.find() || !ROW_MAJOR.matcher(header).find() || !shape.find()) {
      throw new IOException(
          "File "
              + file
              + ": expected a row-major matrix of float32 or float64, but its header is "
              + header.strip()
              + ".");
    }
    bytes.order(type.group(1).equals("<") ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN);
    int size = Integer.parseInt(type.group(2));
    int rows = Integer.parseInt(shape.group(1));
    int columns = Integer.parseInt(shape.group(2));
    long expected = (long) rows * columns * size;
    if (bytes.remaining() != expected) {
      throw new IOException(
          "File "
              + file
              + ": expected "
              + expected
              + " bytes of values after the header, but got "
              + bytes.remaining()
              + ".");
    }
    double[][] matrix = new double[rows][columns];
    for (double[] row : matrix) {
      for (int i = 0; i < columns; i++) {
        row[i] = size == Float.BYTES ? bytes.getFloat() : bytes.getDouble();
      }
    }
    return matrix;
  }

  private static String readHeader(Path file, ByteBuffer bytes) throws IOException {
    byte[] magic = new byte[MAGIC.length];
    if (bytes.remaining() >= LONG_PREFIX) {
      bytes.get(magic);
    }
    if (!Arrays.equals(magic, MAGIC)) {
      throw new IOException("File " + file + " is not a NumPy array (.npy).");
    }
    int version = bytes.get();
    bytes.get();
    long length = version == 1 ? bytes.getShort() & 0xffff : bytes.getInt() & 0xffffffffL;
    if (length > bytes.remaining()) {
      throw new IOException("File " + file + " is truncated: its header is incomplete.");
    }
    byte[] header = new byte[(int) length];
    bytes.get(header);
    return new String(header, StandardCharsets.UTF_8);
  }
}
