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

  private static final int CUDNN_MINOR = 3;
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

  /**
   * Returns what is wrong with the versions, as a sentence: TensorFlow 2.18 was built with cuDNN
   * 9.3, and its convolutions fail with an older one.
   */
  public Optional<String> outdated() {
    return version(CudaLibrary.CUDNN)
        .filter(version -> Integer.parseInt(version.split("\\.")[1]) < CUDNN_MINOR)
        .map(
            version ->
                "cuDNN "
                    + version
                    + " is too old: TensorFlow was built with 9."
                    + CUDNN_MINOR
                    + ", and its convolutions fail with older ones.");
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
