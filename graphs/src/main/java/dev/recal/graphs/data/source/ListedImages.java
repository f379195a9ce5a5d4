package dev.recal.graphs.data.source;

import dev.recal.graphs.data.Candidate;
import dev.recal.graphs.data.DataSet;
import dev.recal.graphs.data.DataSetAssembly;
import dev.recal.graphs.data.OpenSettings;
import dev.recal.graphs.data.items.ByteStore;
import dev.recal.graphs.data.scan.FolderScan;
import dev.recal.graphs.data.targets.TargetStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
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

  /** Notes an image that is left out. */
  void skip(String image, String reason) {
    assembly.skip(image, reason);
  }

  /**
   * Makes the set; images that are missing or damaged are left out.
   *
   * @param targets of the images by their paths below the folder, with slashes
   * @param store makes the targets of the set, in its order
   */
  <T> DataSet open(Map<String, T> targets, Function<List<T>, TargetStore> store)
      throws IOException {
    if (targets.isEmpty()) {
      throw new IllegalArgumentException(file + " lists no images that can be used.");
    }
    Map<String, T> listed = new LinkedHashMap<>();
    targets.forEach((name, target) -> listed.put(name.replace('\\', '/'), target));
    FolderScan scan = FolderScan.ofListed(root, listed.keySet());
    assembly.skipAll(scan.skipped());
    List<Candidate> images = scan.images();
    return assembly.encoded(
        store.apply(images.stream().map(image -> listed.get(image.name())).toList()),
        images,
        chosen ->
            ByteStore.Files.of(
                chosen.stream().map(image -> root.resolve(image.name()).toString()).toList()));
  }
}
