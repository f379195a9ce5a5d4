package dev.recal.ops.files;

import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;

/** A stream into a file whose failures name the file; the operating system's do not. */
public final class NamedOutput extends FilterOutputStream {

  private final Path file;

  private NamedOutput(Path file, OutputStream out) {
    super(out);
    this.file = file;
  }

  /**
   * Wraps a stream.
   *
   * @param file whose name failures get
   */
  public static OutputStream of(Path file, OutputStream out) {
    return new NamedOutput(file, out);
  }

  @Override
  public void write(int value) throws IOException {
    naming(() -> out.write(value));
  }

  @Override
  public void write(byte[] bytes, int offset, int length) throws IOException {
    naming(() -> out.write(bytes, offset, length));
  }

  @Override
  public void flush() throws IOException {
    naming(out::flush);
  }

  @Override
  public void close() throws IOException {
    naming(super::close);
  }

  private interface Writing {
    void run() throws IOException;
  }

  private void naming(Writing writing) throws IOException {
    try {
      writing.run();
    } catch (IOException failure) {
      throw FileFailures.writing(file, failure);
    }
  }
}
