package dev.recal.graphs.data.source;

import dev.recal.graphs.data.DataSet;
import dev.recal.graphs.data.DataSetAssembly;
import dev.recal.graphs.data.DataSource;
import dev.recal.graphs.data.OpenSettings;
import dev.recal.graphs.data.items.ByteStore;
import dev.recal.graphs.data.scan.FolderScan;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Objects;

/**
 * A folder with one subfolder per class. Folders inside a class folder belong to the class; a
 * single folder around all class folders is skipped.
 *
 * @param root of the class folders
 */
public record ImageFolder(Path root) implements DataSource {
  public ImageFolder {
    Objects.requireNonNull(root, "root");
  }

  @Override
  public DataSource at(Path base) {
    return new ImageFolder(base.resolve(root).toAbsolutePath().normalize());
  }

  @Override
  public DataSet open(OpenSettings settings) throws IOException {
    return open(root, FolderScan.of(root), settings);
  }

  static DataSet open(Path root, FolderScan scan, OpenSettings settings) throws IOException {
    DataSetAssembly assembly = new DataSetAssembly(root.toString(), settings);
    assembly.skipAll(scan.skipped());
    return assembly.encoded(
        scan.classNames(),
        scan.images(),
        chosen ->
            ByteStore.Files.of(
                chosen.stream().map(c -> root.resolve(c.name()).toString()).toList()));
  }
}
