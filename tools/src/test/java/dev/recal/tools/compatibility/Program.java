package dev.recal.tools.compatibility;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * A program of {@code interop} with the runtime that it needs. It takes a directory for its answers
 * and then directories of samples; see {@code interop/java/Exchange.java} for what it writes.
 */
sealed interface Program permits JvmProgram, PythonProgram {

  /** Returns its packages, with versions. */
  String packages();

  /**
   * Returns the command that runs it, without its arguments.
   *
   * @param home a directory that is kept between runs: classes, unpacked libraries
   * @throws IOException if the runtime cannot be installed
   */
  List<String> command(Path home) throws IOException, InterruptedException;
}
