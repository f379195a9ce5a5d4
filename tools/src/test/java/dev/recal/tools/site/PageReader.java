package dev.recal.tools.site;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.commonmark.Extension;
import org.commonmark.ext.gfm.tables.TablesExtension;
import org.commonmark.ext.heading.anchor.HeadingAnchorExtension;
import org.commonmark.ext.heading.anchor.IdGenerator;
import org.commonmark.node.AbstractVisitor;
import org.commonmark.node.Code;
import org.commonmark.node.FencedCodeBlock;
import org.commonmark.node.Heading;
import org.commonmark.node.Image;
import org.commonmark.node.Link;
import org.commonmark.node.Node;
import org.commonmark.node.SoftLineBreak;
import org.commonmark.node.Text;
import org.commonmark.parser.Parser;
import org.commonmark.renderer.html.HtmlRenderer;

/**
 * Renders Markdown, with the links of the site and with ids of headings as code hosts make them.
 */
final class PageReader {

  private static final List<Extension> EXTENSIONS =
      List.of(TablesExtension.create(), HeadingAnchorExtension.create());

  private PageReader() {}

  /**
   * Renders a page.
   *
   * @param file relative to the source tree
   * @param markdown its text
   * @param titles of all pages by file: a link whose text is a file's name shows the title instead
   */
  static Page read(String file, String markdown, Map<String, String> titles) {
    Node document = Parser.builder().extensions(EXTENSIONS).build().parse(markdown);
    List<String> links = new ArrayList<>();
    document.accept(new Links(file, titles, links));
    Sections sections = new Sections();
    document.accept(sections);
    sections.close();
    String html = HtmlRenderer.builder().extensions(EXTENSIONS).build().render(document);
    String scrolling =
        html.replace("<table>", "<div class=\"table\"><table>")
            .replace("</table>", "</table></div>");
    String title = sections.done.isEmpty() ? file : sections.done.get(0).heading();
    return new Page(file, title, scrolling, List.copyOf(sections.done), List.copyOf(links));
  }

  /** Rewrites relative links to pages. */
  private static final class Links extends AbstractVisitor {

    private final String file;
    private final Map<String, String> titles;
    private final List<String> found;

    Links(String file, Map<String, String> titles, List<String> found) {
      this.file = file;
      this.titles = titles;
      this.found = found;
    }

    @Override
    public void visit(Link link) {
      if (link.getFirstChild() instanceof Text text
          && text.getNext() == null
          && text.getLiteral().endsWith(".md")) {
        String target = resolve(file, link.getDestination().replaceFirst("#.*", ""));
        text.setLiteral(titles.getOrDefault(target, text.getLiteral()));
      }
      link.setDestination(target(link.getDestination()));
      visitChildren(link);
    }

    @Override
    public void visit(Image image) {
      image.setDestination(target(image.getDestination()));
      visitChildren(image);
    }

    private String target(String destination) {
      if (destination.matches("[a-z]+:.*")) {
        return destination;
      }
      found.add(destination);
      int hash = destination.indexOf('#');
      String path = hash < 0 ? destination : destination.substring(0, hash);
      String anchor = hash < 0 ? "" : destination.substring(hash);
      if (path.isEmpty()) {
        return anchor;
      }
      String resolved = resolve(file, path);
      return (resolved.equals("README.md")
              ? path.replaceFirst("README\\.md$", "index.html")
              : path.replaceFirst("\\.md$", ".html"))
          + anchor;
    }
  }

  /** Returns the file that a page's relative path names, relative to the source tree. */
  static String resolve(String page, String path) {
    Path folder = Path.of("/" + page).getParent();
    return Path.of("/").relativize(folder.resolve(path).normalize()).toString().replace('\\', '/');
  }

  /** Collects headings and the words below them. */
  private static final class Sections extends AbstractVisitor {

    private final List<Page.Section> done = new ArrayList<>();
    private final IdGenerator ids = IdGenerator.builder().build();
    private final StringBuilder words = new StringBuilder();
    private String heading = "";
    private String anchor = "";

    void close() {
      if (!heading.isEmpty()) {
        done.add(
            new Page.Section(anchor, heading, words.toString().replaceAll("\\s+", " ").strip()));
      }
    }

    @Override
    public void visit(Heading node) {
      close();
      words.setLength(0);
      visitChildren(node);
      heading = words.toString().strip();
      words.setLength(0);
      anchor = ids.generateId(heading);
    }

    @Override
    public void visit(Text text) {
      words.append(text.getLiteral());
      // A cell of a table, or a paragraph, ends without a space.
      if (text.getNext() == null) {
        words.append(' ');
      }
    }

    @Override
    public void visit(Code code) {
      words.append(code.getLiteral()).append(code.getNext() == null ? " " : "");
    }

    @Override
    public void visit(FencedCodeBlock block) {
      words.append(' ').append(block.getLiteral()).append(' ');
    }

    @Override
    public void visit(SoftLineBreak line) {
      words.append(' ');
    }
  }
}
