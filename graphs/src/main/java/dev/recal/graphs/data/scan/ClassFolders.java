package dev.recal.graphs.data.scan;

import dev.recal.graphs.data.items.ImageHeader;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;

/** Derives classes from paths: one folder per class, possibly inside common parent folders. */
public final class ClassFolders {
  /** The name of the class of all images where folders are not classes. */
  public static final String ONLY_CLASS = "images";

  private static final Set<String> SPLITS =
      Set.of("train", "training", "val", "valid", "validation", "test", "testing");
  private static final Set<String> SYSTEM_FILES = Set.of("thumbs.db", "desktop.ini");
  // What commands write beside the images that they make.
  private static final Set<String> OWN_FILES =
      Set.of("stylized.json", "aligned.json", "pairs.txt", "landmarks.txt");

  private final String source;
  // Null if folders are not classes.
  private final String top;
  private final List<String> classNames;
  private final Map<String, Integer> labels = new HashMap<>();

  private ClassFolders(String source, String top, Collection<String> classNames) {
    this.source = source;
    this.top = top;
    this.classNames = List.copyOf(classNames);
    this.classNames.forEach(name -> labels.put(name, labels.size()));
  }

  /**
   * Finds the class folders.
   *
   * @param source for messages
   * @param files all paths of files, with slashes, hidden ones left out
   * @param folders all paths of folders, so that empty classes are known
   * @throws IllegalArgumentException if there are no images, or fewer than two classes
   */
  public static ClassFolders of(
      String source, Collection<String> files, Collection<String> folders) {
    List<String> foreign = files.stream().filter(ImageHeader::hasForeignName).toList();
    List<String> decodable = files.stream().filter(ImageHeader::hasImageName).toList();
    List<String> images = decodable.isEmpty() ? foreign : decodable;
    if (images.isEmpty()) {
      throw new IllegalArgumentException(
          source
              + ": expected images (.jpg, .png, .gif, .bmp) in one folder per class, but found "
              + (files.isEmpty() ? "no files." : "none among its " + files.size() + " files."));
    }
    String top = top(images);
    SortedSet<String> classes = new TreeSet<>();
    images.forEach(path -> addClass(classes, path, top));
    foreign.forEach(path -> addClass(classes, path, top));
    folders.forEach(path -> addClass(classes, path + "/", top));
    ClassFolders result = new ClassFolders(source, top, classes);
    result.requireClasses(images);
    return result;
  }

  /**
   * One class for all images, regardless of their folders.
   *
   * @param source for messages
   * @param files all paths of files, with slashes, hidden ones left out
   * @throws IllegalArgumentException if there are no images
   */
  public static ClassFolders none(String source, Collection<String> files) {
    if (files.stream()
        .noneMatch(name -> ImageHeader.hasImageName(name) || ImageHeader.hasForeignName(name))) {
      throw new IllegalArgumentException(
          source
              + ": expected images (.jpg, .png, .gif, .bmp), but found "
              + (files.isEmpty() ? "no files." : "none among its " + files.size() + " files."));
    }
    return new ClassFolders(source, null, List.of(ONLY_CLASS));
  }

  /** Whether a file or folder is hidden, or created by an operating system. */
  public static boolean isHidden(String path) {
    for (String part : path.split("/")) {
      if (part.startsWith(".")
          || part.equals("__MACOSX")
          || OWN_FILES.contains(part)
          || SYSTEM_FILES.contains(part.toLowerCase(Locale.ROOT))) {
        return true;
      }
    }
    return false;
  }

  public List<String> classNames() {
    return classNames;
  }

  /**
   * The label of a file.
   *
   * @return an index into {@link #classNames()}, or −1 if the file is outside the class folders
   */
  public int label(String path) {
    if (top == null) {
      return 0;
    }
    String className = className(path, top);
    return className == null ? -1 : labels.getOrDefault(className, -1);
  }

  /** The folders that all images share and that have more folders within. */
  private static String top(List<String> images) {
    String top = "";
    while (true) {
      String first = images.get(0);
      int slash = first.indexOf('/', top.length());
      if (slash < 0) {
        return top;
      }
      String longer = first.substring(0, slash + 1);
      boolean shared = images.stream().allMatch(path -> path.startsWith(longer));
      boolean hasFolders =
          images.stream().anyMatch(path -> path.indexOf('/', longer.length()) >= 0);
      if (!shared || !hasFolders) {
        return top;
      }
      top = longer;
    }
  }

  private static void addClass(SortedSet<String> classes, String path, String top) {
    String className = className(path, top);
    if (className != null) {
      classes.add(className);
    }
  }

  private static String className(String path, String top) {
    if (!path.startsWith(top)) {
      return null;
    }
    int slash = path.indexOf('/', top.length());
    return slash < 0 ? null : path.substring(top.length(), slash);
  }

  private void requireClasses(List<String> images) {
    if (classNames.size() < 2) {
      String where = classNames.isEmpty() ? "it" : top + classNames.get(0) + "/";
      throw new IllegalArgumentException(
          source
              + " has no class folders: all images ("
              + images.size()
              + ") are in "
              + where
              + ". Expected one folder per class and at least two classes, as in cat/1.jpg,"
              + " dog/1.jpg.");
    }
    List<String> splits = new ArrayList<>(classNames);
    splits.removeIf(className -> !SPLITS.contains(className.toLowerCase(Locale.ROOT)));
    boolean deeper =
        images.stream().allMatch(path -> path.substring(top.length()).split("/").length > 2);
    if (splits.size() == classNames.size() && deeper) {
      throw new IllegalArgumentException(
          source
              + " contains the splits "
              + String.join(", ", splits)
              + ", not classes; pass one of them, such as the folder "
              + top
              + splits.get(0)
              + ".");
    }
  }
}
