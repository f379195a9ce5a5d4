package dev.recal.graphs.data.source;

import dev.recal.graphs.data.DataSet;
import dev.recal.graphs.data.DataSource;
import dev.recal.graphs.data.OpenSettings;
import dev.recal.graphs.data.items.ImageHeader;
import dev.recal.graphs.data.scan.ClassFolders;
import dev.recal.graphs.data.scan.FolderScan;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;

/**
 * Images without labels: all of a folder at any depth, all of a zip archive or of a folder in it,
 * or one image file. The data set has one class.
 *
 * @param path a folder, a zip archive, or a JPEG, PNG, GIF or BMP file
 * @param folder within an archive; empty for all of it, and if it is not an archive
 */
public record ImageCollection(Path path, String folder) implements DataSource {

  /** The name of the only class. */
  public static final String CLASS = ClassFolders.ONLY_CLASS;

  public ImageCollection {
    Objects.requireNonNull(path, "path");
    Objects.requireNonNull(folder, "folder");
  }

  /** All images of a folder or an archive. */
  public ImageCollection(Path path) {
    this(path, "");
  }

  @Override
  public DataSource at(Path base) {
    return new ImageCollection(base.resolve(path).toAbsolutePath().normalize(), folder);
  }

  @Override
  public DataSet open(OpenSettings settings) throws IOException {
    if (!Files.exists(path)) {
      throw new IllegalArgumentException(
          "path: expected a folder, a zip archive or an image, but " + path + " does not exist.");
    }
    String fileName = path.getFileName().toString();
    boolean image = ImageHeader.hasImageName(fileName) || ImageHeader.hasForeignName(fileName);
    if (!Files.isDirectory(path) && !image) {
      return new ImageArchive(path, folder).openWithoutClasses(settings);
    }
    if (!folder.isEmpty()) {
      throw new IllegalArgumentException(
          "folder: expected no folder because "
              + path
              + " is not an archive, but got '"
              + folder
              + "'.");
    }
    Path root = Files.isDirectory(path) ? path : path.toAbsolutePath().getParent();
    FolderScan scan =
        Files.isDirectory(path) ? FolderScan.withoutClasses(path) : FolderScan.ofImage(path);
    return ImageFolder.open(root, scan, settings);
  }
}
