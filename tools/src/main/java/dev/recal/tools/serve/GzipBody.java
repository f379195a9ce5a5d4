package dev.recal.tools.serve;

import dev.recal.tools.serve.call.MemoryBudget;
import dev.recal.tools.serve.model.ServingException;
import dev.recal.tools.serve.model.ServingStatus;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.Locale;
import java.util.zip.Deflater;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import java.util.zip.ZipException;

/** Bodies compressed with gzip, in both directions. */
final class GzipBody {

  private static final int FIRST = 64 << 10;

  private GzipBody() {}

  /**
   * A decompressed body.
   *
   * @param bytes its bytes
   * @param taken what it took from the budget
   */
  record Inflated(byte[] bytes, long taken) {}

  /**
   * Decompresses a body. Memory grows with the bytes that come out, up to the limit, regardless of
   * what the body claims.
   *
   * @param limit the maximum of the decompressed size in bytes
   * @throws ServingException if it is not gzip, is larger than the limit, or finds no memory
   */
  static Inflated inflate(byte[] body, int limit, MemoryBudget budget) {
    byte[] bytes = new byte[0];
    long taken = 0;
    int size = 0;
    try (GZIPInputStream stream = new GZIPInputStream(new ByteArrayInputStream(body))) {
      while (true) {
        if (size == bytes.length) {
          int larger = (int) Math.min(limit + 1L, Math.max(FIRST, 2L * bytes.length));
          if (!budget.tryAcquire(larger - bytes.length, larger)) {
            throw new ServingException(
                ServingStatus.UNAVAILABLE,
                "memory",
                "Too many large requests are being read at once.");
          }
          taken += larger - bytes.length;
          bytes = Arrays.copyOf(bytes, larger);
        }
        int read = stream.read(bytes, size, bytes.length - size);
        if (read < 0) {
          return new Inflated(Arrays.copyOf(bytes, size), taken);
        }
        size += read;
        if (size > limit) {
          throw new ServingException(
              ServingStatus.TOO_LARGE,
              "body_size",
              "The decompressed request body is larger than "
                  + limit
                  + " bytes; set the limit with --max-body.");
        }
      }
    } catch (ZipException | EOFException e) {
      budget.release(taken);
      throw new ServingException(
          ServingStatus.INVALID_ARGUMENT,
          "encoding",
          "The body is not gzip, although its Content-Encoding says so.");
    } catch (IOException e) {
      budget.release(taken);
      throw new UncheckedIOException(e);
    } catch (RuntimeException | Error e) {
      budget.release(taken);
      throw e;
    }
  }

  /** Compresses a response, quickly rather than well. */
  static byte[] deflate(byte[] body) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(body.length / 4 + FIRST / 16);
    try (GZIPOutputStream stream = new FastGzip(bytes)) {
      stream.write(body);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }

  /** Returns whether a header {@code Accept-Encoding} allows gzip. */
  static boolean accepts(String acceptEncoding) {
    if (acceptEncoding == null) {
      return false;
    }
    for (String coding : acceptEncoding.toLowerCase(Locale.ROOT).split(",")) {
      String[] parts = coding.split(";");
      boolean named = parts[0].strip().equals("gzip") || parts[0].strip().equals("*");
      boolean refused = parts.length > 1 && parts[1].strip().matches("q=0(\\.0*)?");
      if (named) {
        return !refused;
      }
    }
    return false;
  }

  private static final class FastGzip extends GZIPOutputStream {
    FastGzip(ByteArrayOutputStream bytes) throws IOException {
      super(bytes);
      def.setLevel(Deflater.BEST_SPEED);
    }
  }
}
