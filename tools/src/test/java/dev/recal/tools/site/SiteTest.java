package dev.recal.tools.site;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The site, and with it every relative link between the guides. */
class SiteTest {

  @TempDir private Path site;

  @Test
  void everyLinkBetweenTheGuidesLeadsSomewhere() throws IOException {
    assertThat(SiteGenerator.write(Path.of(".."), site, "1.0")).isEmpty();
    assertThat(Files.readString(site.resolve("index.html")))
        .contains("href=\"docs/recipes.html\"")
        .contains("<h1 id=\"recal\">Recal</h1>");
    // The first guide is the first one in the navigation, and links have the names of pages.
    assertThat(Files.readString(site.resolve("index.html")))
        .containsSubsequence(
            "<nav", ">Overview</a>", ">Photographs to a classifier</a>", ">Recipes</a>")
        .contains("<a href=\"docs/photographs.html\">Photographs to a classifier</a>)")
        .doesNotContain(".md</a>");
    assertThat(site.resolve("docs/road.svg")).isRegularFile();
    assertThat(Files.readString(site.resolve("search-index.js")))
        .contains("\"url\":\"docs/recipes.html#built-in-recipes\"");
  }

  @Test
  void linksToNothingAreReported() throws IOException {
    Path source = Files.createDirectories(site.resolve("source"));
    Files.createDirectories(source.resolve("docs"));
    Path assets = Files.createDirectories(source.resolve("tools/src/site"));
    for (String name : new String[] {"template.html", "site.css", "search.js"}) {
      Files.copy(Path.of("src/site", name), assets.resolve(name));
    }
    Files.writeString(source.resolve("README.md"), "# A\n[b](docs/b.md#two-words) [c](c.md)\n");
    Files.writeString(source.resolve("docs/b.md"), "# B\n## Two words\n[a](../README.md#none)\n");
    assertThat(SiteGenerator.write(source, site.resolve("out"), "1.0"))
        .containsExactly(
            "README.md: there is no file c.md.",
            "docs/b.md: there is no heading ../README.md#none.");
    assertThat(Files.readString(site.resolve("out/docs/b.html")))
        .contains("<a href=\"../index.html#none\">a</a>");
  }
}
