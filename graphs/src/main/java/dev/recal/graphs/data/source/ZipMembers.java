package dev.recal.graphs.data.source;

import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipFile;

/**
 * The members of a zip archive by their paths, as tools of all systems write them: with slashes or
 * backslashes, with {@code ./} in front, with names in UTF-8 or in the code page of MS-DOS.
 *
 * @param zip the open archive
 * @param utf8 whether all names are in UTF-8
 * @param files members by path, sorted
 * @param folders paths of folders
 */
record ZipMembers(
    ZipFile zip, boolean utf8, SortedMap<String, ZipEntry> files, TreeSet<String> folders)
    implements AutoCloseable {

  /** What the zip format prescribes for names that are not marked as UTF-8. */
  private static final String MS_DOS = "IBM437";

  /**
   * Opens an archive.
   *
   * @throws ZipException if it is not one
   */
  static ZipMembers open(Path file) throws IOException {
    ZipFile zip;
    boolean utf8 = true;
    try {
      zip = new ZipFile(file.toFile());
    } catch (ZipException damagedOrOtherNames) {
      Charset other =
          Charset.isSupported(MS_DOS) ? Charset.forName(MS_DOS) : StandardCharsets.ISO_8859_1;
      zip = new ZipFile(file.toFile(), other);
      utf8 = false;
    }
    return list(zip, utf8);
  }

  private static ZipMembers list(ZipFile zip, boolean utf8) {
    List<? extends ZipEntry> entries = Collections.list(zip.entries());
    // A backslash is a separator if there is no other; otherwise it may be part of a name.
    boolean all =
        entries.stream()
            .filter(entry -> !entry.isDirectory())
            .allMatch(entry -> entry.getName().contains("\\"));
    SortedMap<String, ZipEntry> files = new TreeMap<>();
    TreeSet<String> folders = new TreeSet<>();
    for (ZipEntry entry : entries) {
      String name = entry.getName();
      String slashed = all || name.indexOf('/') < 0 ? name.replace('\\', '/') : name;
      String path = normal(slashed);
      if (slashed.endsWith("/")) {
        folders.add(path);
      } else {
        files.putIfAbsent(path, entry);
      }
    }
    return new ZipMembers(zip, utf8, files, folders);
  }

  /** Removes empty components and single dots. */
  private static String normal(String path) {
    StringBuilder normal = new StringBuilder();
    for (String step : path.split("/")) {
      if (!step.isEmpty() && !step.equals(".")) {
        normal.append(normal.isEmpty() ? "" : "/").append(step);
      }
    }
    return normal.toString();
  }

  @Override
  public void close() throws IOException {
    zip.close();
  }
}
