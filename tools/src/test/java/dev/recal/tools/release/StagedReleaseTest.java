package dev.recal.tools.release;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.jar.Attributes;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.zip.ZipEntry;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The check of a staged release finds what is missing in it. */
class StagedReleaseTest {

  private static final String VERSION = "1.2.3";

  @TempDir private Path staging;

  @BeforeEach
  void stage() throws IOException {
    for (String artifact : StagedRelease.POMS) {
      pom(artifact);
    }
    for (String artifact : StagedRelease.JARS.keySet()) {
      pom(artifact);
      jar(artifact, "", List.of("A.class", "META-INF/LICENSE", "META-INF/NOTICE"));
      jar(artifact, "-sources", List.of("A.java", "META-INF/LICENSE", "META-INF/NOTICE"));
      jar(artifact, "-javadoc", List.of("index.html", "META-INF/LICENSE", "META-INF/NOTICE"));
    }
  }

  @Test
  void acceptsACompleteRelease() throws IOException {
    assertThat(StagedRelease.problems(staging, VERSION, false)).isEmpty();
  }

  @Test
  void reportsWhatIsMissing() throws IOException {
    Files.delete(file("recal-graphs", "-sources.jar"));
    Files.delete(file("recal-graphs", ".pom.sha1"));
    Files.writeString(file("recal-models", ".pom.md5"), "0");
    jar("recal-models", "", List.of("A.class", "META-INF/LICENSE"));
    jar("recal-spark", "-sources", List.of("A.java", "META-INF/NOTICE"));
    jar("recal-testing", "-javadoc", List.of("index.html"));
    jar("recal-tools", "-javadoc", List.of("A.java", "META-INF/LICENSE", "META-INF/NOTICE"));
    write(file("recal", ".pom"), "<project><name>Recal</name><scm></scm></project>");
    assertThat(StagedRelease.problems(staging, VERSION, false))
        .containsExactlyInAnyOrder(
            "recal-graphs: expected one file *-sources.jar, but got 0.",
            "recal-graphs-1.2.3.pom: expected a file *.sha1, but got none.",
            "recal-models-1.2.3.pom.md5: expected the file's digest, but got another one.",
            "recal-models-1.2.3.jar: expected META-INF/NOTICE, but got none.",
            "recal-spark-1.2.3-sources.jar: expected META-INF/LICENSE, but got none.",
            "recal-testing-1.2.3-javadoc.jar: expected META-INF/LICENSE, but got none.",
            "recal-testing-1.2.3-javadoc.jar: expected META-INF/NOTICE, but got none.",
            "recal-tools-1.2.3-javadoc.jar: expected entries *index.html, but got none.",
            "recal-1.2.3.pom: expected <description>, but got none.",
            "recal-1.2.3.pom: expected <url>, but got none.",
            "recal-1.2.3.pom: expected <licenses>, but got none.",
            "recal-1.2.3.pom: expected <developers>, but got none.");
    assertThat(StagedRelease.problems(staging, VERSION, true))
        .contains("recal-testing-1.2.3.jar: expected a signature *.asc, but got none.");
    assertThat(StagedRelease.problems(staging, "1.2.4", false))
        .contains("recal-testing: expected one file *.jar, but got 0.");
  }

  private Path file(String artifact, String ending) {
    return staging
        .resolve("dev/recal/" + artifact + "/" + VERSION)
        .resolve(artifact + "-" + VERSION + ending);
  }

  private void pom(String artifact) throws IOException {
    write(
        file(artifact, ".pom"),
        "<project><name/><name>N</name><description>D</description><url>U</url>"
            + "<licenses></licenses><developers></developers><scm></scm></project>");
  }

  private void jar(String artifact, String classifier, List<String> entries) throws IOException {
    Path file = file(artifact, classifier + ".jar");
    Files.createDirectories(file.getParent());
    Manifest manifest = new Manifest();
    Attributes attributes = manifest.getMainAttributes();
    attributes.put(Attributes.Name.MANIFEST_VERSION, "1.0");
    attributes.putValue("Implementation-Version", VERSION);
    attributes.putValue("Automatic-Module-Name", StagedRelease.JARS.get(artifact));
    try (OutputStream stream = Files.newOutputStream(file);
        JarOutputStream jar = new JarOutputStream(stream, manifest)) {
      for (String entry : entries) {
        jar.putNextEntry(new ZipEntry(entry));
        jar.write(entry.getBytes(StandardCharsets.UTF_8));
      }
    }
    checksums(file);
  }

  private static void write(Path file, String text) throws IOException {
    Files.createDirectories(file.getParent());
    Files.writeString(file, text);
    checksums(file);
  }

  private static void checksums(Path file) throws IOException {
    Files.writeString(
        file.resolveSibling(file.getFileName() + ".sha1"), StagedRelease.digest(file, "SHA-1"));
    Files.writeString(
        file.resolveSibling(file.getFileName() + ".md5"), StagedRelease.digest(file, "MD5"));
  }
}
