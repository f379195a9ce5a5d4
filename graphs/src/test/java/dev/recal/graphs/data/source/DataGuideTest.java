package dev.recal.graphs.data.source;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** The data guide contains the tested programs. */
class DataGuideTest {

  @Test
  void theGuideShowsTheTestedSource() throws IOException {
    String guide = Files.readString(Path.of("../docs/data.md"));
    for (String program : new String[] {"StripedImages", "ExampleSources"}) {
      Path file = Path.of("src/test/java/example/" + program + ".java");
      assertThat(guide).contains("```java\n" + Files.readString(file) + "```\n");
    }
    assertThat(guide)
        .contains(
            Files.readString(
                Path.of(
                    "src/test/resources/META-INF/services/dev.recal.graphs.data.DataSourceProvider")));
  }
}
