package dev.recal.graphs.data.source;

import dev.recal.graphs.data.Candidate;
import dev.recal.graphs.data.DataSet;
import dev.recal.graphs.data.DataSetAssembly;
import dev.recal.graphs.data.DataSource;
import dev.recal.graphs.data.OpenSettings;
import dev.recal.graphs.data.SkippedItem;
import dev.recal.graphs.data.items.ByteStore;
import dev.recal.graphs.data.scan.ClassFolders;
import dev.recal.graphs.data.scan.FolderScan;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * A folder of domains, each with one folder per class: {@code ROOT/DOMAIN/CLASS/IMAGE}, as
 * Office-Home is distributed. The classes are those of all domains that are used together; a domain
 * may lack some.
 *
 * <p>To train on all domains but one and measure on that one, name it in {@code without} of the
 * training images and in {@code domains} of the evaluation images.
 *
 * @param root of the domains
 * @param domains the names of the folders to use, in any order; empty for all
 * @param without the names of folders that are left out
 */
public record DomainFolder(Path root, List<String> domains, List<String> without)
    implements DataSource {

  /** Rejects names that are repeated, or both used and left out. */
  public DomainFolder {
    Objects.requireNonNull(root, "root");
    domains = different("domains", domains);
    without = different("without", without);
    for (String name : without) {
      if (domains.contains(name)) {
        throw new IllegalArgumentException(
            "without: expected domains other than those of 'domains', but got '" + name + "'.");
      }
    }
  }

  /** All domains of a folder. */
  public DomainFolder(Path root) {
    this(root, List.of(), List.of());
  }

  /** All domains of the folder {@code domains}. */
  public static DomainFolder defaults() {
    return new DomainFolder(Path.of("domains"));
  }

  private static List<String> different(String argument, List<String> names) {
    List<String> copy = List.copyOf(names);
    if (new TreeSet<>(copy).size() < copy.size()) {
      throw new IllegalArgumentException(
          argument + ": expected different names, but got " + copy + ".");
    }
    return copy;
  }

  @Override
  public DataSource at(Path base) {
    return new DomainFolder(base.resolve(root).toAbsolutePath().normalize(), domains, without);
  }

  /** Returns the domain of an image: the first part of its name. */
  @Override
  public Optional<String> domain(String itemName) {
    int slash = itemName.indexOf('/');
    return slash < 0 ? Optional.empty() : Optional.of(itemName.substring(0, slash));
  }

  @Override
  public DataSet open(OpenSettings settings) throws IOException {
    DataSetAssembly assembly = new DataSetAssembly(root.toString(), settings);
    List<String> chosen = chosen();
    List<FolderScan> scans = new ArrayList<>();
    TreeSet<String> classes = new TreeSet<>();
    for (String domain : chosen) {
      FolderScan scan = FolderScan.of(root.resolve(domain));
      scans.add(scan);
      classes.addAll(scan.classNames());
    }
    List<String> classNames = List.copyOf(classes);
    List<Candidate> images = new ArrayList<>();
    for (int i = 0; i < scans.size(); i++) {
      FolderScan scan = scans.get(i);
      String prefix = chosen.get(i) + "/";
      for (SkippedItem item : scan.skipped()) {
        assembly.skip(prefix + item.name(), item.reason());
      }
      for (Candidate c : scan.images()) {
        int label = classNames.indexOf(scan.classNames().get(c.label()));
        images.add(
            new Candidate(
                prefix + c.name(), label, c.size(), c.checksum(), c.header(), images.size()));
      }
    }
    return assembly.encoded(
        classNames,
        images,
        usable ->
            ByteStore.Files.of(
                usable.stream().map(c -> root.resolve(c.name()).toString()).toList()));
  }

  // In the order of their names, so that the same domains are the same set.
  private List<String> chosen() throws IOException {
    if (!Files.isDirectory(root)) {
      throw new IllegalArgumentException(
          "root: expected a folder with one folder per domain, but "
              + (root + (Files.exists(root) ? " is a file." : " does not exist.")));
    }
    TreeSet<String> found = new TreeSet<>();
    try (Stream<Path> entries = Files.list(root)) {
      entries
          .filter(Files::isDirectory)
          .map(path -> path.getFileName().toString())
          .filter(name -> !ClassFolders.isHidden(name))
          .forEach(found::add);
    }
    requireKnown("domains", domains, found);
    requireKnown("without", without, found);
    if (!domains.isEmpty()) {
      found.retainAll(domains);
    }
    without.forEach(found::remove);
    if (found.isEmpty()) {
      throw new IllegalArgumentException(
          "root: expected a folder with one folder per domain, but " + root + " has none to use.");
    }
    return List.copyOf(found);
  }

  private void requireKnown(String argument, List<String> names, TreeSet<String> found) {
    for (String name : names) {
      if (!found.contains(name)) {
        throw new IllegalArgumentException(
            argument
                + ": expected folders of "
                + (root + " (" + DataSet.summarise(List.copyOf(found)) + "), but got '")
                + (name + "'."));
      }
    }
  }
}
