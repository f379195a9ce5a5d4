package dev.recal.graphs.data;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.FileVisitOption;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Objects;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * A folder with one sub-folder a class. Folders within a class folder belong to the class; a single
 * folder around all class folders is looked through.
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
    if (!Files.isDirectory(root)) {
      throw new IllegalArgumentException(
          "root must be a folder with one folder a class, but "
              + (root + (Files.exists(root) ? " is a file." : " does not exist.")));
    }
    DataSetAssembly assembly = new DataSetAssembly(root.toString(), settings);
    Listing listing = new Listing(assembly);
    Files.walkFileTree(root, EnumSet.of(FileVisitOption.FOLLOW_LINKS), Integer.MAX_VALUE, listing);
    ClassFolders classes =
        ClassFolders.of(root.toString(), listing.sizes.keySet(), listing.folders);
    List<Candidate> candidates = new ArrayList<>();
    listing.sizes.forEach((path, size) -> addCandidate(assembly, classes, path, size, candidates));
    return assembly.encoded(
        classes.classNames(),
        candidates,
        chosen ->
            ByteStore.Files.of(
                chosen.stream().map(c -> root.resolve(c.name()).toString()).toList()));
  }

  private void addCandidate(
      DataSetAssembly assembly,
      ClassFolders classes,
      String path,
      long size,
      List<Candidate> candidates) {
    int label = classes.label(path);
    if (!ImageHeader.hasImageName(path)) {
      assembly.skip(path, "does not have the name of a JPEG, PNG, GIF or BMP image");
    } else if (label < 0) {
      assembly.skip(path, "lies outside of the class folders");
    } else {
      try (FileChannel channel = FileChannel.open(root.resolve(path))) {
        ImageHeader header = ImageHeader.read(ByteWindow.of(channel));
        candidates.add(new Candidate(path, label, size, 0, header, candidates.size()));
      } catch (ImageHeader.UnusableImageException e) {
        assembly.skip(path, e.getMessage());
      } catch (IOException e) {
        assembly.skip(path, "cannot be read (" + e + ")");
      }
    }
  }

  /** Collects files and folders by their path below the root, sorted. */
  private final class Listing extends SimpleFileVisitor<Path> {
    private final DataSetAssembly assembly;
    private final TreeMap<String, Long> sizes = new TreeMap<>();
    private final TreeSet<String> folders = new TreeSet<>();

    Listing(DataSetAssembly assembly) {
      this.assembly = assembly;
    }

    @Override
    public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) {
      if (folder.equals(root)) {
        return FileVisitResult.CONTINUE;
      }
      if (ClassFolders.isHidden(folder.getFileName().toString())) {
        return FileVisitResult.SKIP_SUBTREE;
      }
      folders.add(name(folder));
      return FileVisitResult.CONTINUE;
    }

    @Override
    public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
      if (!ClassFolders.isHidden(file.getFileName().toString())) {
        sizes.put(name(file), attributes.size());
      }
      return FileVisitResult.CONTINUE;
    }

    @Override
    public FileVisitResult visitFileFailed(Path file, IOException e) {
      assembly.skip(name(file), "cannot be read (" + e + ")");
      return FileVisitResult.CONTINUE;
    }

    private String name(Path path) {
      List<String> parts = new ArrayList<>();
      root.relativize(path).forEach(part -> parts.add(part.toString()));
      return String.join("/", parts);
    }
  }
}
