package dev.recal.tools.site;

import com.google.gson.Gson;
import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Writes the static site: the guides as HTML with a search, beside the Javadoc that Maven writes.
 *
 * <pre>SiteGenerator SOURCE_TREE SITE VERSION</pre>
 */
public final class SiteGenerator {

  private static final Path ASSETS = Path.of("tools/src/site");
  private static final List<String> FILES = List.of("site.css", "search.js");

  /** The guides in the order of the navigation; those that no group names come under the last. */
  private static final Map<String, List<String>> GROUPS = groups();

  private SiteGenerator() {}

  private static Map<String, List<String>> groups() {
    Map<String, List<String>> groups = new LinkedHashMap<>();
    groups.put(
        "Start",
        List.of("README.md", "docs/photographs.md", "docs/distribution.md", "docs/library.md"));
    groups.put(
        "Train",
        List.of(
            "docs/recipes.md",
            "docs/data.md",
            "docs/transfer.md",
            "docs/weights.md",
            "docs/networks.md",
            "docs/domains.md",
            "docs/studies.md",
            "docs/workers.md",
            "docs/gpu.md"));
    groups.put(
        "Kinds of training",
        List.of(
            "docs/detection.md",
            "docs/synthesis.md",
            "docs/synthesis-results.md",
            "docs/synthesis-metrics.md",
            "docs/oneshot.md",
            "docs/style.md",
            "docs/faces.md"));
    groups.put(
        "Use models",
        List.of(
            "docs/serve.md",
            "docs/operating.md",
            "docs/tf-serving.md",
            "docs/spark.md",
            "docs/converting.md",
            "docs/optimised-exports.md",
            "docs/explain.md",
            "docs/pruning.md"));
    groups.put(
        "Extend",
        List.of(
            "docs/networks-of-your-own.md",
            "docs/modules.md",
            "docs/custom-networks.md",
            "docs/custom-tasks.md"));
    groups.put(
        "Reference", List.of("ARCHITECTURE.md", "CONTRIBUTING.md", "SECURITY.md", "CHANGELOG.md"));
    return groups;
  }

  /** Writes the site. */
  public static void main(String[] args) throws IOException {
    List<String> problems = write(Path.of(args[0]), Path.of(args[1]), args[2]);
    problems.forEach(System.err::println);
    if (!problems.isEmpty()) {
      throw new IllegalStateException("site: expected links to what exists; see above.");
    }
    System.out.println("The site is " + Path.of(args[1]).resolve("index.html") + ".");
  }

  /**
   * Writes the site.
   *
   * @return links to files or headings that do not exist, as sentences
   */
  static List<String> write(Path source, Path site, String version) throws IOException {
    Map<String, Page> pages = pages(source);
    Map<String, List<String>> groups = withOthers(pages);
    String template = Files.readString(source.resolve(ASSETS).resolve("template.html"));
    for (Page page : pages.values()) {
      String html =
          template
              .replace("${title}", escape(page.title()))
              .replace("${root}", page.root())
              .replace("${version}", escape(version))
              .replace("${navigation}", navigation(groups, pages, page))
              .replace("${content}", page.html());
      Path file = site.resolve(page.url());
      Files.createDirectories(file.getParent());
      Files.writeString(file, html);
    }
    for (String name : FILES) {
      copy(source.resolve(ASSETS).resolve(name), site.resolve(name));
    }
    Files.writeString(
        site.resolve("search-index.js"), "const searchIndex = " + index(pages) + ";\n");
    return copyLinked(source, site, pages);
  }

  private static Map<String, Page> pages(Path source) throws IOException {
    List<String> files = new ArrayList<>();
    try (Stream<Path> docs = Files.list(source.resolve("docs"));
        Stream<Path> top = Files.list(source)) {
      Stream.concat(top, docs)
          .filter(file -> file.getFileName().toString().endsWith(".md"))
          .map(file -> source.relativize(file).toString().replace('\\', '/'))
          .sorted()
          .forEach(files::add);
    }
    Map<String, String> texts = new LinkedHashMap<>();
    Map<String, String> titles = new LinkedHashMap<>();
    for (String file : files) {
      String text = Files.readString(source.resolve(file));
      texts.put(file, text);
      text.lines()
          .filter(line -> line.startsWith("# "))
          .findFirst()
          .ifPresent(line -> titles.put(file, line.substring(2).strip()));
    }
    Map<String, Page> pages = new TreeMap<>();
    texts.forEach((file, text) -> pages.put(file, PageReader.read(file, text, titles)));
    return pages;
  }

  private static Map<String, List<String>> withOthers(Map<String, Page> pages) {
    Set<String> others = new LinkedHashSet<>(pages.keySet());
    Map<String, List<String>> groups = new LinkedHashMap<>();
    GROUPS.forEach(
        (name, files) -> {
          groups.put(name, new ArrayList<>(files.stream().filter(pages::containsKey).toList()));
          files.forEach(others::remove);
        });
    groups.get("Reference").addAll(others);
    return groups;
  }

  private static String navigation(
      Map<String, List<String>> groups, Map<String, Page> pages, Page current) {
    StringBuilder html = new StringBuilder();
    groups.forEach(
        (name, files) -> {
          html.append("<h2>").append(name).append("</h2>\n<ul>\n");
          for (String file : files) {
            Page page = pages.get(file);
            html.append("<li><a href=\"").append(current.root()).append(page.url()).append('"');
            html.append(page == current ? " aria-current=\"page\"" : "").append('>');
            html.append(escape(file.equals("README.md") ? "Overview" : page.title()));
            html.append("</a></li>\n");
          }
          html.append("</ul>\n");
        });
    return html.toString();
  }

  private static String index(Map<String, Page> pages) {
    JsonArray entries = new JsonArray();
    for (Page page : pages.values()) {
      for (Page.Section section : page.sections()) {
        JsonObject entry = new JsonObject();
        entry.addProperty("url", page.url() + "#" + section.anchor());
        entry.addProperty("page", page.title());
        entry.addProperty("heading", section.heading());
        entry.addProperty("text", section.text());
        entries.add(entry);
      }
    }
    return new Gson().toJson(entries);
  }

  /** Copies files that pages refer to, and returns links to nothing. */
  private static List<String> copyLinked(Path source, Path site, Map<String, Page> pages)
      throws IOException {
    List<String> problems = new ArrayList<>();
    for (Page page : pages.values()) {
      for (String link : page.links()) {
        String path = link.replaceFirst("#.*", "");
        String target = path.isEmpty() ? page.file() : PageReader.resolve(page.file(), path);
        if (pages.containsKey(target)) {
          if (link.contains("#") && !anchors(pages.get(target)).contains(link.split("#")[1])) {
            problems.add(page.file() + ": there is no heading " + link + ".");
          }
        } else if (Files.isRegularFile(source.resolve(target))) {
          copy(source.resolve(target), site.resolve(target));
        } else if (!Files.isDirectory(source.resolve(target))) {
          problems.add(page.file() + ": there is no file " + link + ".");
        } else {
          copyFolder(source, site, target);
        }
      }
    }
    return problems;
  }

  private static void copyFolder(Path source, Path site, String folder) throws IOException {
    List<Path> files;
    try (Stream<Path> all = Files.list(source.resolve(folder))) {
      files = all.filter(Files::isRegularFile).sorted().toList();
    }
    StringBuilder list = new StringBuilder("<!DOCTYPE html>\n<meta charset=\"utf-8\">\n<ul>\n");
    for (Path file : files) {
      String name = file.getFileName().toString();
      copy(file, site.resolve(folder).resolve(name));
      list.append("<li><a href=\"").append(name).append("\">").append(escape(name));
      list.append("</a></li>\n");
    }
    Files.createDirectories(site.resolve(folder));
    Files.writeString(site.resolve(folder).resolve("index.html"), list.append("</ul>\n"));
  }

  private static Set<String> anchors(Page page) {
    return page.sections().stream().map(Page.Section::anchor).collect(Collectors.toSet());
  }

  private static void copy(Path from, Path to) throws IOException {
    Files.createDirectories(to.getParent());
    Files.copy(from, to, StandardCopyOption.REPLACE_EXISTING);
  }

  private static String escape(String text) {
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
  }
}
