package dev.recal.models;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A program's class path has no dependencies of tests or unused exporters. */
class RuntimeClassPathTest {

  @Test
  void consumersGetNoUnusedDependencies() throws IOException {
    String all = Files.readString(Path.of("target", "runtime.classpath")).strip();
    List<String> names =
        List.of(all.split(File.pathSeparator)).stream()
            .map(path -> Path.of(path).getFileName().toString())
            .toList();
    assertThat(names)
        .anyMatch(name -> name.startsWith("xchart-"))
        .anyMatch(name -> name.startsWith("protobuf-java-3.25."))
        .noneMatch(
            name ->
                name.matches(
                    "(?i)(junit|hamcrest|assertj|opentest4j|pdfbox|fontbox|graphics2d|commons-logging"
                        + "|VectorGraphics2D|animated-gif|slf4j-simple|picocli|jetty"
                        + "|spark|hadoop|scala).*"));
  }
}
