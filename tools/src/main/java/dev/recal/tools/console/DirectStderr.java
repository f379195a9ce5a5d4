package dev.recal.tools.console;

import java.io.BufferedOutputStream;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.lang.reflect.Constructor;
import java.nio.charset.Charset;

/**
 * Keeps the command's own messages out of the launcher's filter of native messages.
 *
 * <p>The launcher starts Java with file descriptor 2 connected to a process that drops messages of
 * TensorFlow, and names the descriptor of the original stderr in a system property. {@link
 * System#err} writes to that one: unchanged, at once, and in the order of the calls. Without the
 * launcher nothing changes.
 */
public final class DirectStderr {

  /** {@code PID:DESCRIPTOR}; a JVM that inherits the property, but not the descriptor, differs. */
  static final String PROPERTY = "recal.stderr";

  private static final int BUFFER_BYTES = 8192;

  private DirectStderr() {}

  /** Redirects {@link System#err} if the launcher filters stderr of this process. */
  public static void use() {
    String[] place = System.getProperty(PROPERTY, "").split(":");
    if (place.length != 2 || !place[0].equals(String.valueOf(ProcessHandle.current().pid()))) {
      return;
    }
    try {
      // The file's name in /proc would open it again, with a position of its own.
      Constructor<FileDescriptor> constructor =
          FileDescriptor.class.getDeclaredConstructor(int.class);
      constructor.setAccessible(true);
      FileDescriptor descriptor = constructor.newInstance(Integer.parseInt(place[1]));
      System.setErr(
          new PrintStream(
              new BufferedOutputStream(new FileOutputStream(descriptor), BUFFER_BYTES),
              true,
              charset()));
    } catch (ReflectiveOperationException | RuntimeException closed) {
      // Messages pass through the filter instead, line by line.
    }
  }

  // That of the System.err that the JVM has made; from Java 18 on the default is UTF-8.
  private static Charset charset() {
    String encoding = System.getProperty("stderr.encoding", System.getProperty("native.encoding"));
    return encoding == null ? Charset.defaultCharset() : Charset.forName(encoding);
  }
}
