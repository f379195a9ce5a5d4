package dev.recal.ops.runtime;

import java.io.File;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;

/** Finds the libraries of CUDA 12 and cuDNN 9 that are installed on this machine. */
final class CudaSearch {

  /** Directories of libraries, joined by colons; searched first. */
  static final String VARIABLE = "RECAL_CUDA_PATH";

  private static final List<String> SYSTEM =
      List.of(
          "/usr/local/cuda/lib64",
          "/usr/local/cuda/extras/CUPTI/lib64",
          "/usr/lib/x86_64-linux-gnu",
          "/usr/lib64",
          "/lib/x86_64-linux-gnu",
          "/lib64",
          "/usr/lib",
          "/opt/cuda/lib64");

  private CudaSearch() {}

  /** Searches the usual directories, and those of the environment. */
  static CudaInstallation find() {
    return in(directories(System::getenv));
  }

  /** Takes each library from the first directory that has it. */
  static CudaInstallation in(List<Path> directories) {
    Map<CudaLibrary, Path> files = new EnumMap<>(CudaLibrary.class);
    for (CudaLibrary library : CudaLibrary.values()) {
      file(directories, library.soname()).ifPresent(file -> files.put(library, file));
    }
    return new CudaInstallation(CudaInstallation.Origin.SYSTEM, files);
  }

  /** Returns the file of a library in the usual directories. */
  static Optional<Path> file(String soname) {
    return file(directories(System::getenv), soname);
  }

  private static Optional<Path> file(List<Path> directories, String soname) {
    return directories.stream()
        .map(directory -> directory.resolve(soname))
        .filter(Files::isRegularFile)
        .findFirst();
  }

  static List<Path> directories(UnaryOperator<String> environment) {
    Set<Path> found = new LinkedHashSet<>();
    addAll(found, environment.apply(VARIABLE));
    addAll(found, environment.apply("LD_LIBRARY_PATH"));
    for (String variable : List.of("CUDA_HOME", "CUDA_PATH")) {
      String home = environment.apply(variable);
      if (home != null && !home.isBlank()) {
        addAll(found, home + "/lib64:" + home + "/extras/CUPTI/lib64");
      }
    }
    addAll(found, String.join(File.pathSeparator, SYSTEM));
    found.addAll(versioned(Path.of("/usr/local")));
    return List.copyOf(found);
  }

  private static void addAll(Set<Path> found, String joined) {
    if (joined == null) {
      return;
    }
    for (String part : joined.split(File.pathSeparator)) {
      try {
        if (!part.isBlank()) {
          found.add(Path.of(part));
        }
      } catch (InvalidPathException unusable) {
        // The system's loader ignores it too.
        continue;
      }
    }
  }

  // cuda-12.6 and others, the newest first.
  private static List<Path> versioned(Path parent) {
    List<Path> homes = new ArrayList<>();
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(parent, "cuda-12*")) {
      entries.forEach(homes::add);
    } catch (IOException | DirectoryIteratorException none) {
      return List.of();
    }
    homes.sort(Comparator.comparing(Path::toString).reversed());
    return homes.stream().map(home -> home.resolve("lib64")).toList();
  }
}
