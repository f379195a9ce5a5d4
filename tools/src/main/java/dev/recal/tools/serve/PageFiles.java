package dev.recal.tools.serve;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The page and its files; nothing is loaded from elsewhere. */
final class PageFiles {

  /** A file of the page. */
  record PageFile(String type, byte[] bytes) {}

  /** The content security policy: only scripts of this server may run. */
  static final String POLICY =
      "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self';"
          + " img-src 'self' blob: data:; base-uri 'none'; form-action 'none';"
          + " frame-ancestors 'none'";

  private static final List<String> SCRIPTS =
      List.of(
          "page",
          "maps",
          "inside",
          "gallery",
          "answers",
          "generator",
          "pyramid",
          "detector",
          "stylist");

  private final Map<String, PageFile> files = new HashMap<>();

  PageFiles() {
    files.put("/", file("page.html", "text/html; charset=utf-8"));
    files.put("/recal/page.css", file("page.css", "text/css; charset=utf-8"));
    files.put("/favicon.ico", file("icon.svg", "image/svg+xml"));
    for (String script : SCRIPTS) {
      files.put("/recal/" + script + ".js", file(script + ".js", "text/javascript; charset=utf-8"));
    }
  }

  Optional<PageFile> find(String path) {
    return Optional.ofNullable(files.get(path));
  }

  /** Returns whether a file is sent to clients without a token: the page, which asks for it. */
  boolean isPublic(String path) {
    return files.containsKey(path);
  }

  private static PageFile file(String name, String type) {
    try (InputStream stream = PageFiles.class.getResourceAsStream(name)) {
      if (stream == null) {
        throw new IllegalStateException("The resource " + name + " is missing in this build.");
      }
      return new PageFile(type, stream.readAllBytes());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
