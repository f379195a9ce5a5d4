package dev.recal.tools.bench;

import dev.recal.ops.files.TextFiles;
import java.io.IOException;
import java.nio.file.Path;
import java.util.OptionalLong;

/** The most memory that this process has had at a time. */
public final class PeakMemory {

  private static final String FIELD = "VmHWM:";
  private static final int KIBIBYTE = 1024;

  private PeakMemory() {}

  /** Returns the peak of the resident memory in bytes, if the system tells it; Linux does. */
  public static OptionalLong bytes() {
    try {
      return TextFiles.lines(Path.of("/proc/self/status")).stream()
          .filter(line -> line.startsWith(FIELD))
          .mapToLong(line -> KIBIBYTE * Long.parseLong(line.replaceAll("\\D", "")))
          .findFirst();
    } catch (IOException notLinux) {
      return OptionalLong.empty();
    }
  }
}
