package dev.recal.models.predict;

import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;

/** Names of outputs for files: those of the files, which may be equal in different folders. */
public final class DistinctNames {

  private final Set<String> taken = new HashSet<>();

  /** Returns the file's name without its extension, with a number if that is taken. */
  public String of(Path file) {
    String name = file.getFileName().toString().replaceFirst("\\.[^.]*$", "");
    String candidate = name;
    for (int number = 2; !taken.add(candidate); number++) {
      candidate = name + "-" + number;
    }
    return candidate;
  }
}
