package dev.recal.tools.serve.model;

import dev.recal.ops.files.FileKind;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * The directory of versions: {@code <model>/<integer version>/}, or one version by itself.
 *
 * @param path the directory
 * @param single whether it is itself the one version
 */
record ModelDirectory(Path path, boolean single) {

  private static final String MODEL_FILE = "saved_model.pb";
  private static final String VERSION = "\\d{1,18}";
  // What browsers, WinSCP and rsync call a file until it is whole.
  private static final String PARTIAL =
      ".*\\.(part|partial|filepart|crdownload|tmp)|\\..+\\.[A-Za-z0-9]{6}";

  /** Detects the kind of a directory. */
  static ModelDirectory of(Path path) {
    Path absolute = path.toAbsolutePath().normalize();
    return new ModelDirectory(absolute, Files.isRegularFile(absolute.resolve(MODEL_FILE)));
  }

  /** Returns the default name of the model: the directory, without the version. */
  String name() {
    Path named = single && isVersion(path) ? path.getParent() : path;
    Path last = named == null ? null : named.getFileName();
    return last == null ? "model" : last.toString().replaceAll("[/:]", "_");
  }

  /** Returns the existing versions, the highest first; 1 if a single one has no number. */
  List<Long> versions() throws IOException {
    if (single) {
      return Files.isRegularFile(path.resolve(MODEL_FILE)) ? List.of(singleVersion()) : List.of();
    }
    if (Files.isRegularFile(path)) {
      throw FileKind.notSavedModel(path);
    }
    try (Stream<Path> children = Files.list(path)) {
      return children
          .filter(ModelDirectory::isVersion)
          .filter(child -> Files.isRegularFile(child.resolve(MODEL_FILE)))
          .map(child -> Long.valueOf(child.getFileName().toString()))
          .sorted(Comparator.reverseOrder())
          .distinct()
          .toList();
    }
  }

  /** Returns the directory of a version. */
  Path version(long number) throws IOException {
    if (single) {
      return path;
    }
    try (Stream<Path> children = Files.list(path)) {
      // Leading zeros are part of the directory's name, not of the number.
      return children
          .filter(ModelDirectory::isVersion)
          .filter(child -> Long.parseLong(child.getFileName().toString()) == number)
          .findFirst()
          .orElseThrow(() -> new IOException("There is no version " + number + " in " + path));
    }
  }

  /** Looks at a version's files. */
  VersionFiles files(long number) throws IOException {
    FileTimes times = new FileTimes();
    Files.walkFileTree(version(number), times);
    return new VersionFiles(times.fingerprint, times.newest, times.partial);
  }

  private static final class FileTimes extends SimpleFileVisitor<Path> {
    private long fingerprint = 17;
    private long newest;
    private String partial = "";

    // What an old file is copied with its time into has a new one.
    @Override
    public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes attributes) {
      newest = Math.max(newest, attributes.lastModifiedTime().toMillis());
      return FileVisitResult.CONTINUE;
    }

    @Override
    public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
      long one = file.hashCode();
      one = 31 * one + attributes.size();
      one = 31 * one + attributes.lastModifiedTime().toMillis();
      // A sum does not depend on the order in which the system lists the files.
      fingerprint += one;
      newest = Math.max(newest, attributes.lastModifiedTime().toMillis());
      String name = file.getFileName().toString();
      partial = name.matches(PARTIAL) ? name : partial;
      return FileVisitResult.CONTINUE;
    }

    // A file that was there a moment ago, or that must not be read: loading will tell.
    @Override
    public FileVisitResult visitFileFailed(Path file, IOException problem) {
      fingerprint += 31L * file.hashCode();
      return FileVisitResult.CONTINUE;
    }
  }

  private long singleVersion() {
    return isVersion(path) ? Long.parseLong(path.getFileName().toString()) : 1;
  }

  private static boolean isVersion(Path path) {
    Path name = path.getFileName();
    return name != null && name.toString().matches(VERSION);
  }
}
