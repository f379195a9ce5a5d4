package dev.recal.ops.runtime;

import dev.recal.ops.files.FileFailures;
import dev.recal.ops.files.TemporaryPath;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.JarURLConnection;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.jar.JarFile;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;

/**
 * The redistributable libraries of CUDA and cuDNN: a jar of some 2 GB, whose libraries are
 * extracted once to a directory named after the jar.
 *
 * <p>They are extracted under a temporary name and renamed when complete, so a killed process
 * leaves no half directory. Processes that start together wait for the one that extracts. A
 * directory whose files do not have the jar's lengths is extracted again.
 */
final class CudaCache {

  /** The directory of caches; otherwise {@code XDG_CACHE_HOME/recal} or {@code ~/.cache/recal}. */
  static final String VARIABLE = "RECAL_CACHE";

  private static final String FOLDER = "org/bytedeco/cuda/linux-x86_64/";
  private static final String SUFFIX = "-linux-x86_64-redist.jar";

  private final Path jar;
  private final Path directory;

  CudaCache(Path jar, Path caches) {
    this.jar = jar;
    String name = jar.getFileName().toString();
    boolean usual = name.endsWith(SUFFIX);
    this.directory =
        caches.resolve(usual ? name.substring(0, name.length() - SUFFIX.length()) : name + ".d");
  }

  /** Returns the cache of the jar on the class path, if there is one. */
  static Optional<CudaCache> ofClassPath() {
    URL resource =
        CudaCache.class.getClassLoader().getResource(FOLDER + CudaLibrary.CUDART.soname());
    if (resource == null) {
      return Optional.empty();
    }
    try {
      if (resource.openConnection() instanceof JarURLConnection connection) {
        return Optional.of(
            new CudaCache(Path.of(connection.getJarFileURL().toURI()), defaultCaches()));
      }
    } catch (IOException | URISyntaxException | IllegalArgumentException nested) {
      // A jar inside another one, which cannot be read as a file.
      return Optional.empty();
    }
    return Optional.empty();
  }

  private static Path defaultCaches() {
    String own = System.getenv(VARIABLE);
    if (own != null && !own.isBlank()) {
      return Path.of(own);
    }
    String caches = System.getenv("XDG_CACHE_HOME");
    return caches != null && !caches.isBlank()
        ? Path.of(caches, "recal")
        : Path.of(System.getProperty("user.home"), ".cache", "recal");
  }

  /** Returns the directory of the libraries, which exists once they are extracted. */
  Path directory() {
    return directory;
  }

  /** Returns the versions of CUDA and cuDNN, and of the jar, as its name has them. */
  String version() {
    return directory.getFileName().toString().replaceFirst("^cuda-", "");
  }

  /** Returns the extracted libraries, if they are complete. */
  Optional<CudaInstallation> extracted() throws IOException {
    try (JarFile open = new JarFile(jar.toFile())) {
      return extracted(open);
    }
  }

  private Optional<CudaInstallation> extracted(JarFile open) throws IOException {
    Map<CudaLibrary, Path> files = new EnumMap<>(CudaLibrary.class);
    for (CudaLibrary library : CudaLibrary.values()) {
      ZipEntry entry = open.getEntry(FOLDER + library.soname());
      if (entry == null) {
        continue;
      }
      Path file = directory.resolve(library.soname());
      if (!Files.isRegularFile(file) || Files.size(file) != entry.getSize()) {
        return Optional.empty();
      }
      files.put(library, file);
    }
    return Optional.of(new CudaInstallation(CudaInstallation.Origin.REDISTRIBUTABLE, files));
  }

  /**
   * Returns the libraries, and extracts them if they are not there yet.
   *
   * @param announcement called before they are extracted, which takes some time
   * @throws IOException if they cannot be written
   */
  CudaInstallation extract(Runnable announcement) throws IOException {
    Path caches = directory.toAbsolutePath().getParent();
    try (JarFile open = new JarFile(jar.toFile())) {
      Optional<CudaInstallation> there = extracted(open);
      if (there.isPresent()) {
        return there.get();
      }
      Files.createDirectories(caches);
      // The system releases the lock of a process that ends in whatever way.
      Path lock = caches.resolve(directory.getFileName() + ".lock");
      try (FileChannel channel =
          FileChannel.open(lock, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
        // Released when the channel closes.
        channel.lock();
        Optional<CudaInstallation> meanwhile = extracted(open);
        if (meanwhile.isPresent()) {
          return meanwhile.get();
        }
        announcement.run();
        write(open, caches);
        return extracted(open)
            .orElseThrow(() -> new IOException(jar + " is damaged; download it again."));
      }
    } catch (IOException failure) {
      throw new IOException(
          "The CUDA libraries of "
              + jar
              + " cannot be extracted to "
              + directory
              + ": "
              + FileFailures.reason(failure)
              + ". Set "
              + VARIABLE
              + " to another directory if this one is unsuitable.",
          failure);
    }
  }

  private void write(JarFile open, Path caches) throws IOException {
    List<ZipEntry> entries =
        Stream.of(CudaLibrary.values())
            .map(library -> open.getEntry(FOLDER + library.soname()))
            .filter(entry -> entry != null)
            .toList();
    long bytes = entries.stream().mapToLong(ZipEntry::getSize).sum();
    long free = Files.getFileStore(caches).getUsableSpace();
    if (free < bytes) {
      throw new IOException(
          String.format(
              Locale.ROOT, "it takes %.1f GB, but only %.1f GB are free", bytes / 1e9, free / 1e9));
    }
    try (TemporaryPath temporary = TemporaryPath.directory(directory)) {
      for (ZipEntry entry : entries) {
        Path file = temporary.path().resolve(entry.getName().substring(FOLDER.length()));
        try (InputStream content = open.getInputStream(entry)) {
          Files.copy(content, file);
        }
      }
      delete(directory);
      Files.move(temporary.path(), directory, StandardCopyOption.ATOMIC_MOVE);
    }
  }

  // A directory that is not complete: something deleted or cut its files.
  private static void delete(Path directory) throws IOException {
    if (!Files.exists(directory)) {
      return;
    }
    try (Stream<Path> inside = Files.walk(directory)) {
      for (Path path : inside.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(path);
      }
    } catch (UncheckedIOException failure) {
      throw failure.getCause();
    }
  }
}
