package dev.recal.graphs.data.source;

import dev.recal.graphs.data.Candidate;
import dev.recal.graphs.data.DataSet;
import dev.recal.graphs.data.DataSetAssembly;
import dev.recal.graphs.data.DataSource;
import dev.recal.graphs.data.OpenSettings;
import dev.recal.graphs.data.items.ByteStore;
import dev.recal.graphs.data.items.ByteWindow;
import dev.recal.graphs.data.items.ImageHeader;
import dev.recal.graphs.data.items.ServableImage;
import dev.recal.graphs.data.scan.ClassFolders;
import dev.recal.ops.files.FileKind;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.BiFunction;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipFile;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A zip archive of class folders, its members stored or deflated. The encoded images are kept in
 * memory, or decoded if they are small and of one size.
 *
 * @param file the archive
 * @param folder within the archive that holds the class folders; empty for the whole archive
 */
public record ImageArchive(Path file, String folder) implements DataSource {
  private static final Logger LOG = LoggerFactory.getLogger(ImageArchive.class);

  public ImageArchive {
    Objects.requireNonNull(file, "file");
    Objects.requireNonNull(folder, "folder");
    folder = folder.isEmpty() || folder.endsWith("/") ? folder : folder + "/";
  }

  /** The whole of an archive. */
  public ImageArchive(Path file) {
    this(file, "");
  }

  @Override
  public DataSource at(Path base) {
    return new ImageArchive(base.resolve(file).toAbsolutePath().normalize(), folder);
  }

  @Override
  public DataSet open(OpenSettings settings) throws IOException {
    return open(settings, (members, folders) -> ClassFolders.of(file.toString(), members, folders));
  }

  /** Opens the archive as images without classes. */
  DataSet openWithoutClasses(OpenSettings settings) throws IOException {
    return open(settings, (members, folders) -> ClassFolders.none(file.toString(), members));
  }

  private DataSet open(OpenSettings settings, Rule rule) throws IOException {
    if (!Files.isRegularFile(file)) {
      throw new IllegalArgumentException(
          "file: expected a zip archive, but "
              + (file + (Files.exists(file) ? " is a folder." : " does not exist.")));
    }
    try (ZipMembers zip = ZipMembers.open(file)) {
      if (!zip.utf8()) {
        LOG.warn("{}: its names are not UTF-8 and are read in the code page of MS-DOS", file);
      }
      return open(zip, settings, rule);
    } catch (ZipException e) {
      throw new IOException(
          FileKind.of(file).filter(kind -> kind != FileKind.ZIP).isPresent()
              ? "file: expected a zip archive, but got " + FileKind.named(file) + "."
              : file + " cannot be read as a zip archive: it is truncated, damaged or not one.",
          e);
    }
  }

  /** Reads classes out of the paths of members and folders. */
  private interface Rule extends BiFunction<Set<String>, Set<String>, ClassFolders> {}

  private DataSet open(ZipMembers zip, OpenSettings settings, Rule rule) throws IOException {
    DataSetAssembly assembly = new DataSetAssembly(file.toString(), settings);
    TreeMap<String, ZipEntry> members = new TreeMap<>();
    TreeSet<String> folders = new TreeSet<>();
    long bytes = 0;
    for (String path : zip.folders()) {
      if (isChosen(path)) {
        folders.add(path);
      }
    }
    for (Map.Entry<String, ZipEntry> member : zip.files().entrySet()) {
      if (isChosen(member.getKey())) {
        members.put(member.getKey(), member.getValue());
        bytes += Math.max(0, member.getValue().getSize());
      }
    }
    ClassFolders classes = rule.apply(members.keySet(), folders);
    if (bytes > settings.memoryLimitBytes()) {
      throw new IllegalArgumentException(
          "file: expected an archive whose members, which are kept in memory, take at most "
              + settings.memoryLimitBytes()
              + " bytes, but those of "
              + file
              + " take "
              + bytes
              + "; unpack it and pass the folder, or raise the limit.");
    }
    List<Candidate> candidates = new ArrayList<>();
    List<byte[]> contents = new ArrayList<>();
    for (Map.Entry<String, ZipEntry> member : members.entrySet()) {
      byte[] content = read(zip.zip(), member, classes, assembly, candidates, contents.size());
      if (content != null) {
        contents.add(content);
      }
    }
    return assembly.encoded(
        classes.classNames(),
        candidates,
        chosen -> ByteStore.Memory.of(chosen.stream().map(c -> contents.get(c.handle())).toList()));
  }

  private boolean isChosen(String path) {
    return path.startsWith(folder) && !ClassFolders.isHidden(path);
  }

  /** Reads a member and adds it to the candidates, or reports the reason and returns null. */
  private static byte[] read(
      ZipFile zip,
      Map.Entry<String, ZipEntry> member,
      ClassFolders classes,
      DataSetAssembly assembly,
      List<Candidate> candidates,
      int handle) {
    String path = member.getKey();
    ZipEntry entry = member.getValue();
    int label = classes.label(path);
    if (!ImageHeader.hasImageName(path) && !ImageHeader.hasForeignName(path)) {
      assembly.skip(path, "does not have the name of a JPEG, PNG, GIF or BMP image");
      return null;
    }
    if (label < 0) {
      assembly.skip(path, "is outside the class folders");
      return null;
    }
    try (InputStream stream = zip.getInputStream(entry)) {
      byte[] content = stream.readAllBytes();
      CRC32 checksum = new CRC32();
      checksum.update(content);
      if (checksum.getValue() != entry.getCrc()) {
        assembly.skip(path, "cannot be read from the archive: it does not match its checksum");
        return null;
      }
      byte[] decodable = ServableImage.converted(content);
      ImageHeader header = ImageHeader.read(ByteWindow.of(decodable));
      candidates.add(new Candidate(path, label, content.length, entry.getCrc(), header, handle));
      return decodable;
    } catch (ImageHeader.UnusableImageException e) {
      assembly.skip(path, e.getMessage());
    } catch (IOException e) {
      assembly.skip(path, "cannot be read from the archive: its data are damaged");
    }
    return null;
  }
}
