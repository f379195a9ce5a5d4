package dev.recal.graphs.data.scan;

import dev.recal.graphs.data.Candidate;
import dev.recal.graphs.data.SkippedItem;
import dev.recal.graphs.data.items.ByteWindow;
import dev.recal.graphs.data.items.ForeignImage;
import dev.recal.graphs.data.items.ImageHeader;
import dev.recal.graphs.data.items.ServableImage;
import dev.recal.ops.files.FileFailures;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.FileVisitOption;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * The contents of a folder of class folders, found by names and file headers.
 *
 * @param classNames sorted
 * @param images the usable ones, sorted by name; a handle is an index into this list
 * @param skipped the others, and why
 */
public record FolderScan(
    List<String> classNames, List<Candidate> images, List<SkippedItem> skipped) {

  /**
   * Scans a folder.
   *
   * @throws IllegalArgumentException if it is not a folder, or has no class folders
   */
  public static FolderScan of(Path root) throws IOException {
    return of(root, FolderScan::header);
  }

  /**
   * Scans a folder, taking also images that {@link ServableImage} converts.
   *
   * @throws IllegalArgumentException if it is not a folder, or has no class folders
   */
  public static FolderScan withConvertible(Path root) throws IOException {
    return of(root, FolderScan::convertibleHeader);
  }

  private static FolderScan of(Path root, HeaderReader headers) throws IOException {
    if (!Files.isDirectory(root)) {
      throw new IllegalArgumentException(
          "root: expected a folder with one folder per class, but "
              + (root + (Files.exists(root) ? " is a file." : " does not exist.")));
    }
    return of(
        root,
        listing -> ClassFolders.of(root.toString(), listing.sizes.keySet(), listing.folders),
        headers);
  }

  /**
   * Scans a folder of images without classes, recursively.
   *
   * @throws IllegalArgumentException if it holds no images
   */
  public static FolderScan withoutClasses(Path root) throws IOException {
    return of(
        root,
        listing -> ClassFolders.none(root.toString(), listing.sizes.keySet()),
        FolderScan::header);
  }

  /** Checks one file. */
  public static FolderScan ofImage(Path file) throws IOException {
    Path root = file.toAbsolutePath().getParent();
    Listing listing = new Listing(root);
    listing.sizes.put(file.getFileName().toString(), Files.size(file));
    ClassFolders none = ClassFolders.none(file.toString(), listing.sizes.keySet());
    return of(root, listing, none, FolderScan::header);
  }

  /**
   * Checks listed files. Those that do not exist, or whose path leads out of the folder, are
   * skipped.
   *
   * @param root a folder
   * @param names paths below it, with slashes
   * @throws IllegalArgumentException if none has the name of an image
   */
  public static FolderScan ofListed(Path root, Collection<String> names) {
    Listing listing = new Listing(root);
    for (String name : names) {
      try {
        listing.add(name);
      } catch (IOException e) {
        listing.skipped.add(
            new SkippedItem(name, "cannot be read (" + FileFailures.reason(e) + ")"));
      }
    }
    return of(root, listing, ClassFolders.none(root.toString(), names), FolderScan::header);
  }

  /** How the header of a file is read. */
  private interface HeaderReader {
    ImageHeader read(Path file, ByteWindow content)
        throws IOException, ImageHeader.UnusableImageException;
  }

  private static ImageHeader header(Path file, ByteWindow content)
      throws IOException, ImageHeader.UnusableImageException {
    return ImageHeader.read(content);
  }

  private static ImageHeader convertibleHeader(Path file, ByteWindow content)
      throws IOException, ImageHeader.UnusableImageException {
    Optional<ImageHeader> foreign = ForeignImage.header(file, content);
    return foreign.isPresent() ? foreign.get() : ImageHeader.read(content);
  }

  /** Returns the same without some images. */
  public FolderScan without(List<SkippedItem> others) {
    Set<String> names = others.stream().map(SkippedItem::name).collect(Collectors.toSet());
    List<Candidate> rest = new ArrayList<>();
    for (Candidate c : images) {
      if (!names.contains(c.name())) {
        rest.add(
            new Candidate(c.name(), c.label(), c.size(), c.checksum(), c.header(), rest.size()));
      }
    }
    List<SkippedItem> all = new ArrayList<>(skipped);
    all.addAll(others);
    return new FolderScan(classNames, List.copyOf(rest), List.copyOf(all));
  }

  private static FolderScan of(
      Path root, Function<Listing, ClassFolders> rule, HeaderReader headers) throws IOException {
    Listing listing = new Listing(root);
    Files.walkFileTree(root, EnumSet.of(FileVisitOption.FOLLOW_LINKS), Integer.MAX_VALUE, listing);
    return of(root, listing, rule.apply(listing), headers);
  }

  private static FolderScan of(
      Path root, Listing listing, ClassFolders classes, HeaderReader headers) {
    // Opening a million files is dominated by waiting.
    List<ScannedFile> found =
        listing.sizes.entrySet().parallelStream()
            .map(file -> scanFile(root, classes, file.getKey(), file.getValue(), headers))
            .toList();
    List<Candidate> images = new ArrayList<>();
    List<SkippedItem> skipped = new ArrayList<>(listing.skipped);
    for (ScannedFile file : found) {
      if (file.header == null) {
        skipped.add(new SkippedItem(file.name, file.reason));
      } else {
        images.add(new Candidate(file.name, file.label, file.size, 0, file.header, images.size()));
      }
    }
    return new FolderScan(classes.classNames(), List.copyOf(images), List.copyOf(skipped));
  }

  /** A file with its header if it is usable, otherwise with the reason why not. */
  private record ScannedFile(
      String name, int label, long size, ImageHeader header, String reason) {}

  private static ScannedFile scanFile(
      Path root, ClassFolders classes, String name, long size, HeaderReader headers) {
    int label = classes.label(name);
    if (!ImageHeader.hasImageName(name) && !ImageHeader.hasForeignName(name)) {
      return unusable(name, "does not have the name of a JPEG, PNG, GIF or BMP image");
    }
    if (label < 0) {
      return unusable(name, "is outside the class folders");
    }
    Path file = root.resolve(name);
    try (FileChannel channel = FileChannel.open(file)) {
      return new ScannedFile(name, label, size, headers.read(file, ByteWindow.of(channel)), "");
    } catch (ImageHeader.UnusableImageException e) {
      return unusable(name, e.getMessage());
    } catch (IOException e) {
      return unusable(name, "cannot be read (" + FileFailures.reason(e) + ")");
    }
  }

  private static ScannedFile unusable(String name, String reason) {
    return new ScannedFile(name, -1, 0, null, reason);
  }

  /** Collects files and folders by their path below the root, sorted. */
  private static final class Listing extends SimpleFileVisitor<Path> {
    private final Path root;
    private final TreeMap<String, Long> sizes = new TreeMap<>();
    private final TreeSet<String> folders = new TreeSet<>();
    private final List<SkippedItem> skipped = new ArrayList<>();

    Listing(Path root) {
      this.root = root;
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
      skipped.add(new SkippedItem(name(file), "cannot be read (" + FileFailures.reason(e) + ")"));
      return FileVisitResult.CONTINUE;
    }

    void add(String name) throws IOException {
      Path file;
      try {
        file = root.toAbsolutePath().resolve(name).normalize();
      } catch (InvalidPathException e) {
        skipped.add(new SkippedItem(name, "is not a valid path"));
        return;
      }
      if (file.startsWith(root.toAbsolutePath().normalize())) {
        sizes.put(name, Files.size(file));
      } else {
        skipped.add(new SkippedItem(name, "is outside the folder " + root));
      }
    }

    private String name(Path path) {
      List<String> parts = new ArrayList<>();
      root.relativize(path).forEach(part -> parts.add(part.toString()));
      return String.join("/", parts);
    }
  }
}
