package dev.recal.ops.files;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.Stream;

/**
 * A hidden file or directory next to its target, which is written and then renamed to it. Closing
 * deletes what was not renamed.
 *
 * <p>What a killed process left is deleted by the next one that writes in the same place. A process
 * locks what it writes, and the system releases the locks of a process that ends in whatever way:
 * so what another process is writing stays.
 */
public final class TemporaryPath implements AutoCloseable {

  private static final String SUFFIX = ".recal-tmp";
  private static final String LOCK = ".lock";
  private static final int NAME = 50;
  // Between the creation of a file and its lock.
  private static final Duration YOUNG = Duration.ofSeconds(2);

  /** Those of this process: closing a second channel to a file would release its lock. */
  private static final Set<Path> OWN = ConcurrentHashMap.newKeySet();

  private static final Set<Path> SWEPT = ConcurrentHashMap.newKeySet();

  private final Path path;
  private final FileChannel channel;

  private TemporaryPath(Path path, Path locked) throws IOException {
    this.path = path;
    OWN.add(path);
    try {
      this.channel =
          FileChannel.open(locked, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
    } catch (IOException | RuntimeException failure) {
      OWN.remove(path);
      throw failure;
    }
    lock(channel);
  }

  /**
   * Creates a file, to be written through {@link #channel}.
   *
   * @param target in a directory that exists
   */
  public static TemporaryPath file(Path target) throws IOException {
    Path path = next(target);
    TemporaryPath temporary = new TemporaryPath(path, path);
    sweepOnce(path);
    return temporary;
  }

  /**
   * Creates a directory.
   *
   * @param target in a directory that exists
   */
  public static TemporaryPath directory(Path target) throws IOException {
    Path path = next(target);
    TemporaryPath temporary = new TemporaryPath(path, lockOf(path));
    try {
      Files.createDirectory(path);
    } catch (IOException | RuntimeException failure) {
      temporary.close();
      throw failure;
    }
    sweepOnce(path);
    return temporary;
  }

  /** Returns whether a path has the name of a temporary file, directory or lock. */
  public static boolean isTemporary(Path path) {
    String name = path.getFileName().toString();
    return name.startsWith(".") && (name.endsWith(SUFFIX) || name.endsWith(SUFFIX + LOCK));
  }

  private static Path next(Path target) {
    Path absolute = target.toAbsolutePath().normalize();
    String name =
        absolute
            .getFileName()
            .toString()
            .codePoints()
            .limit(NAME)
            .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
            .toString();
    String random = Integer.toHexString(ThreadLocalRandom.current().nextInt());
    return absolute.resolveSibling("." + name + "." + random + SUFFIX);
  }

  private static Path lockOf(Path directory) {
    return directory.resolveSibling(directory.getFileName() + LOCK);
  }

  /** Returns the temporary path. */
  public Path path() {
    return path;
  }

  /** Returns the channel of a temporary file. */
  public FileChannel channel() {
    return channel;
  }

  @Override
  public void close() throws IOException {
    try {
      delete(path);
      Files.deleteIfExists(lockOf(path));
    } finally {
      channel.close();
      OWN.remove(path);
    }
  }

  // Once in each directory: a run writes thousands of files into one.
  private static void sweepOnce(Path own) {
    if (SWEPT.add(own.getParent())) {
      sweep(own.getParent(), own);
    }
  }

  /**
   * Deletes what killed processes left in a directory.
   *
   * @param own a path of this user
   */
  static void sweep(Path directory, Path own) {
    try (DirectoryStream<Path> left =
        Files.newDirectoryStream(directory, ".*" + SUFFIX + "{," + LOCK + "}")) {
      Optional<Object> owner = owner(own);
      for (Path entry : left) {
        sweepOne(entry, owner);
      }
    } catch (IOException | DirectoryIteratorException kept) {
      // Whatever is left there does no harm to what is written now.
      return;
    }
  }

  private static void sweepOne(Path entry, Optional<Object> owner) {
    try {
      // Others' files in a directory that all may write, such as the system's temporary one.
      if (owner(entry).equals(owner) && isAbandoned(entry)) {
        delete(entry);
        Files.deleteIfExists(lockOf(entry));
      }
    } catch (IOException | UncheckedIOException gone) {
      // A lock went with its directory, or another process sweeps too.
      return;
    }
  }

  private static boolean isAbandoned(Path entry) throws IOException {
    String name = entry.getFileName().toString();
    boolean lock = name.endsWith(LOCK);
    Path subject =
        lock ? entry.resolveSibling(name.substring(0, name.length() - LOCK.length())) : entry;
    if (OWN.contains(subject) || isYoung(entry)) {
      return false;
    }
    if (lock) {
      return Files.notExists(subject, LinkOption.NOFOLLOW_LINKS) && isUnlocked(entry);
    }
    return isUnlocked(Files.isDirectory(entry, LinkOption.NOFOLLOW_LINKS) ? lockOf(entry) : entry);
  }

  private static boolean isYoung(Path entry) throws IOException {
    Instant changed = Files.getLastModifiedTime(entry, LinkOption.NOFOLLOW_LINKS).toInstant();
    return changed.isAfter(Instant.now().minus(YOUNG));
  }

  private static boolean isUnlocked(Path file) {
    if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
      return Files.notExists(file, LinkOption.NOFOLLOW_LINKS);
    }
    try (FileChannel other = FileChannel.open(file, StandardOpenOption.WRITE);
        FileLock lock = other.tryLock()) {
      return lock != null;
    } catch (IOException | OverlappingFileLockException unknown) {
      return false;
    }
  }

  private static void lock(FileChannel channel) {
    try {
      channel.tryLock();
    } catch (IOException unsupported) {
      // A file system without locks: there nothing is swept.
      return;
    }
  }

  private static Optional<Object> owner(Path path) throws IOException {
    try {
      return Optional.of(Files.getOwner(path, LinkOption.NOFOLLOW_LINKS));
    } catch (UnsupportedOperationException none) {
      return Optional.empty();
    }
  }

  private static void delete(Path path) throws IOException {
    if (Files.notExists(path, LinkOption.NOFOLLOW_LINKS)) {
      return;
    }
    List<Path> inside;
    try (Stream<Path> walk = Files.walk(path)) {
      inside = walk.sorted(Comparator.reverseOrder()).toList();
    }
    for (Path entry : inside) {
      Files.deleteIfExists(entry);
    }
  }
}
