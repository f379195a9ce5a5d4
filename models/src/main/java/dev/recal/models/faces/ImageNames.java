package dev.recal.models.faces;

import dev.recal.graphs.data.items.ImageHeader;
import dev.recal.ops.files.FileFailures;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/**
 * Finds image files in a folder by their paths with or without extension; each folder is read once.
 */
final class ImageNames {

  private final Path root;
  // By folder: the file of each name without extension, and null for a name of several.
  private final Map<Path, Map<String, Path>> folders = new HashMap<>();

  ImageNames(Path root) throws IOException {
    if (!Files.isDirectory(root)) {
      throw new IOException("There is no folder " + root + ".");
    }
    this.root = root;
  }

  /**
   * Finds a file.
   *
   * @param name its path, relative to the root
   * @throws IOException if there is none, or more than one; the message is the second part of a
   *     sentence
   */
  Path find(String name) throws IOException {
    Path path;
    try {
      path = root.resolve(name);
    } catch (InvalidPathException invalid) {
      throw new IOException("'" + name + "' is not the path of an image.", invalid);
    }
    if (path.getFileName() == null || path.getParent() == null) {
      throw new IOException("'" + name + "' is not the path of an image.");
    }
    Map<String, Path> inside = folder(path.getParent());
    String base = path.getFileName().toString();
    Path found = inside.get(base);
    if (found != null) {
      return found;
    }
    if (inside.containsKey(base)) {
      throw new IOException(
          "there are several images "
              + base
              + " in "
              + path.getParent()
              + ", with different extensions.");
    }
    throw new IOException("there is no image " + path + ", with any extension.");
  }

  private Map<String, Path> folder(Path folder) throws IOException {
    Map<String, Path> known = folders.get(folder);
    if (known != null) {
      return known;
    }
    Map<String, Path> inside = new HashMap<>();
    if (Files.isDirectory(folder)) {
      try (DirectoryStream<Path> files = Files.newDirectoryStream(folder)) {
        for (Path file : files) {
          add(inside, file);
        }
      } catch (IOException failure) {
        throw FileFailures.reading(folder, failure);
      }
    }
    folders.put(folder, inside);
    return inside;
  }

  private static void add(Map<String, Path> inside, Path file) {
    String name = file.getFileName().toString();
    if (!name.startsWith(".")
        && (ImageHeader.hasImageName(name) || ImageHeader.hasForeignName(name))) {
      inside.put(name, file);
      String base = name.substring(0, name.lastIndexOf('.'));
      inside.put(base, inside.containsKey(base) ? null : file);
    }
  }
}
