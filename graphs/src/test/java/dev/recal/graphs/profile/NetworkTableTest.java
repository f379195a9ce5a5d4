package dev.recal.graphs.profile;

import static org.assertj.core.api.Assertions.assertThat;

import dev.recal.graphs.network.Networks;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvFileSource;

/** The published counts, compared to the given digits. */
class NetworkTableTest {

  private static final String PUBLISHED = "published-counts.csv";
  private static final Path PAGE = Path.of("../docs/networks.md");

  @ParameterizedTest
  @CsvFileSource(resources = PUBLISHED, numLinesToSkip = 1)
  void countsAsPublished(String name, String parameters, String billions) {
    Profile profile = profile(name);
    assertThat(parameters == null && billions == null).as("row without a figure").isFalse();
    if (parameters != null) {
      assertThat(parametersLike(parameters, profile.parameters())).isEqualTo(parameters);
    }
    if (billions != null) {
      assertThat(rounded(profile.macs() / 1e9, billions)).isEqualTo(billions);
    }
  }

  // The paper's 0.99 million are those of the embedding; how many identities the head has is free.
  @Test
  void countsTheParametersOfFacesWithoutTheirHead() {
    long head = 128L * Networks.named("mobilefacenet").classes();
    assertThat(profile("mobilefacenet").parameters() - head).isEqualTo(1_003_136);
  }

  /** {@code NetworkCountsTest} holds the counts that the page is made of. */
  @Test
  void isDocumented() throws IOException {
    List<String> rows = published().stream().skip(1).map(NetworkTableTest::row).toList();
    assertThat(Files.readString(PAGE)).contains(String.join("\n", rows));
  }

  private static String row(String line) {
    String[] cells = line.split(",", -1);
    NetworkCounts.Count count = NetworkCounts.of(Networks.preset(cells[0]));
    String parameters =
        cells[1].matches("\\d+") ? grouped(Long.parseLong(cells[1])) : cells[1].replace("M", " M");
    return String.format(
        Locale.ROOT,
        "| `%s` | %s | %s | %s | %.4f |",
        cells[0],
        parameters,
        grouped(count.parameters()),
        cells[2],
        count.macs() / 1e9);
  }

  private static List<String> published() {
    try (InputStream stream = NetworkTableTest.class.getResourceAsStream(PUBLISHED)) {
      return new String(stream.readAllBytes(), StandardCharsets.UTF_8).lines().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String grouped(long number) {
    return String.format(Locale.ROOT, "%,d", number);
  }

  private static String parametersLike(String published, long parameters) {
    return published.endsWith("M")
        ? rounded(parameters / 1e6, published.replace("M", "")) + "M"
        : String.valueOf(parameters);
  }

  private static String rounded(double number, String like) {
    int digits = like.length() - like.indexOf('.') - 1;
    return String.format(Locale.ROOT, "%." + digits + "f", number);
  }

  private static Profile profile(String name) {
    Networks.Preset preset = Networks.preset(name);
    return Profiler.of(preset.network(), preset.imageSize(), preset.imageSize());
  }
}
