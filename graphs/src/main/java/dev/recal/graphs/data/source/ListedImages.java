package dev.recal.graphs.data.source;

import dev.recal.graphs.data.Candidate;
import dev.recal.graphs.data.DataSet;
import dev.recal.graphs.data.DataSetAssembly;
import dev.recal.graphs.data.OpenSettings;
import dev.recal.graphs.data.items.ByteStore;
import dev.recal.graphs.data.items.ImageHeader;
import dev.recal.graphs.data.scan.FolderScan;
import dev.recal.graphs.data.targets.TargetStore;
import dev.recal.graphs.files.CsvTable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/** Images of a folder whose targets are in a file. */
final class ListedImages {

  private final Path root;
  private final Path file;
  private final DataSetAssembly assembly;

  /**
   * Begins a set.
   *
   * @param root of the images
   * @param file with their targets, after which the set is named
   */
  ListedImages(Path root, Path file, OpenSettings settings) {
    if (!Files.isDirectory(root)) {
      throw new IllegalArgumentException(
          "root: expected a folder of images, but "
              + (root + (Files.exists(root) ? " is a file." : " does not exist.")));
    }
    this.root = root;
    this.file = file;
    this.assembly = new DataSetAssembly(file.toString(), settings);
  }

  /**
   * Reads the file as a table, whose first column has the paths of the images.
   *
   * @throws IOException if it cannot be read, or has no head
   */
  CsvTable table() throws IOException {
    CsvTable table = CsvTable.read(file);
    String first = table.head().get(0);
    if (ImageHeader.hasImageName(first) || ImageHeader.hasForeignName(first)) {
      throw new IOException(
          "File "
              + file
              + ": expected a head with names of columns in the first line, but got the image '"
              + first
              + "'.");
    }
    return table;
  }

  /**
   * Returns the path of a row's image below the folder, with slashes.
   *
   * @throws IOException if it has none
   */
  static String path(CsvTable table, CsvTable.Row row) throws IOException {
    String path = path(row.cells().get(0));
    if (path.isEmpty()) {
      throw table.failure(row, "expected the path of an image in the first column, but got none.");
    }
    return path;
  }

  /** Returns a path with slashes, and without a leading {@code ./}. */
  static String path(String name) {
    return name.replace('\\', '/').replaceFirst("^(\\./+)+", "");
  }

  /** Notes an image that is left out. */
  void skip(String image, String reason) {
    assembly.skip(image, reason);
  }

  /**
   * Makes the set; images that are missing or damaged are left out.
   *
   * @param targets of the images by their {@link #path}
   * @param store makes the targets of the set, in its order
   */
  <T> DataSet open(Map<String, T> targets, Function<List<T>, TargetStore> store)
      throws IOException {
    assembly.requireImages(targets.size());
    FolderScan scan = FolderScan.ofListed(root, targets.keySet());
    assembly.skipAll(scan.skipped());
    List<Candidate> images = scan.images();
    return assembly.encoded(
        store.apply(images.stream().map(image -> targets.get(image.name())).toList()),
        images,
        chosen ->
            ByteStore.Files.of(
                chosen.stream().map(image -> root.resolve(image.name()).toString()).toList()));
  }
}
