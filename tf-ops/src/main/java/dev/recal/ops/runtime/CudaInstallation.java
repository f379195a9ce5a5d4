package dev.recal.ops.runtime;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Files of CUDA and cuDNN: a system's, or those of the redistributable.
 *
 * @param origin where they come from
 * @param files those that were found, in the order of their loading
 */
public record CudaInstallation(Origin origin, Map<CudaLibrary, Path> files) {

  private static final Pattern VERSION = Pattern.compile("\\.so\\.(\\d+(?:\\.\\d+)+)$");

  /** Origins of an installation. */
  public enum Origin {
    /** Installed on this machine. */
    SYSTEM,
    /** The jar of the profile {@code cuda}, extracted to the cache. */
    REDISTRIBUTABLE
  }

  /** Copies the files. */
  public CudaInstallation {
    EnumMap<CudaLibrary, Path> copy = new EnumMap<>(CudaLibrary.class);
    copy.putAll(files);
    files = Collections.unmodifiableMap(copy);
  }

  /** Returns the required libraries that are absent. */
  public List<CudaLibrary> missing() {
    return CudaLibrary.allRequired().stream().filter(l -> !files.containsKey(l)).toList();
  }

  /** Returns whether no required library is absent. */
  public boolean complete() {
    return missing().isEmpty();
  }

  /**
   * Returns the version in the name of a library's file, for example {@code 12.6.4.1}; empty if the
   * name has the major version only.
   */
  public Optional<String> version(CudaLibrary library) {
    return Optional.ofNullable(files.get(library)).flatMap(CudaInstallation::versionOf);
  }

  private static Optional<String> versionOf(Path file) {
    try {
      Matcher matcher = VERSION.matcher(file.toRealPath().getFileName().toString());
      return matcher.find() ? Optional.of(matcher.group(1)) : Optional.empty();
    } catch (IOException gone) {
      return Optional.empty();
    }
  }
}
