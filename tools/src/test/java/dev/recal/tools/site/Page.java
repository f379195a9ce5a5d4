package dev.recal.tools.site;

import java.util.List;

/**
 * A guide as HTML.
 *
 * @param file of the Markdown, relative to the source tree
 * @param title its first heading
 * @param html the content
 * @param sections in their order
 * @param links the targets of links and images that are in the source tree, relative to the file
 */
record Page(String file, String title, String html, List<Section> sections, List<String> links) {

  /**
   * What a heading has below it.
   *
   * @param anchor the heading's id
   * @param heading its text
   * @param text the words
   */
  record Section(String anchor, String heading, String text) {}

  /** Returns the page's file in the site. */
  String url() {
    return url(file);
  }

  /** Returns where a file of the source tree is in the site. */
  static String url(String file) {
    return file.equals("README.md") ? "index.html" : file.replaceFirst("\\.md$", ".html");
  }

  /** Returns the way from the page to the site's root: nothing, or one level up for each folder. */
  String root() {
    return "../".repeat((int) file.chars().filter(c -> c == '/').count());
  }
}
