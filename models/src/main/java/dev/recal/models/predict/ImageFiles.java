package dev.recal.models.predict;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;

/** Finds image files by paths of files and folders. */
public final class ImageFiles {

  private ImageFiles() {}

  /**
   * A file.
   *
   * @param file its path
   * @param named whether a path names it, and not a folder around it
   */
  public record ImageFile(Path file, boolean named) {}

  /**
   * Returns the files themselves, and those in folders at any depth, sorted by path; hidden files
   * in folders are left out.
   *
   * @throws IOException if a path does not exist or nothing is found
   */
  public static List<ImageFile> find(List<Path> paths) throws IOException {
    List<ImageFile> found = new ArrayList<>();
    for (Path path : paths) {
      if (Files.isDirectory(path)) {
        inFolder(path).forEach(file -> found.add(new ImageFile(file, false)));
      } else if (Files.exists(path)) {
        found.add(new ImageFile(path, true));
      } else {
        throw new IOException("There is no file or folder " + path + ".");
      }
    }
    if (found.isEmpty()) {
      throw new IOException("There are no files in " + paths + ".");
    }
    return found;
  }

  private static List<Path> inFolder(Path folder) throws IOException {
    List<Path> files = new ArrayList<>();
    Files.walkFileTree(
        folder,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult preVisitDirectory(Path inner, BasicFileAttributes attributes) {
            return isHidden(inner) && !inner.equals(folder)
                ? FileVisitResult.SKIP_SUBTREE
                : FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
            if (!isHidden(file)) {
              files.add(file);
            }
            return FileVisitResult.CONTINUE;
          }
        });
    files.sort(null);
    return files;
  }

  private static boolean isHidden(Path path) {
    return path.getFileName() != null && path.getFileName().toString().startsWith(".");
  }
}
