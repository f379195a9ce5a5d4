package dev.recal.tools;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Every shipped recipe runs end to end; {@code -Drecal.recipes=REGEX} tries some. */
class SmokeTest {

  private static final Path RECIPES = Path.of("..", "recipes");

  @TempDir private Path directory;

  static Stream<String> recipes() throws IOException {
    try (Stream<Path> files = Files.list(RECIPES)) {
      // Synthesis recipes have no synthetic data, but separate commands and tests.
      return files
          .map(file -> file.getFileName().toString())
          .filter(name -> !name.matches("(fewshot|oneshot)-.*"))
          .filter(name -> name.matches(System.getProperty("recal.recipes", ".*")))
          .sorted()
          .toList()
          .stream();
    }
  }

  private void runs(String recipe) {
    Path run = directory.resolve("run");
    CommandResult ran =
        CommandResult.of("train", RECIPES.resolve(recipe), "--smoke", "--plain", "--out", run);
    assertThat(ran.exit()).as(ran.err()).isZero();
    assertThat(ran.out()).contains("Exported to");
    assertThat(run.resolve("model").resolve("1").resolve("saved_model.pb")).isRegularFile();
  }

  @ParameterizedTest
  @ValueSource(strings = {"cifar10-srm.json", "photographs-numbers.json", "quickstart.json"})
  void smallOnesRun(String recipe) {
    runs(recipe);
  }

  @Tag("slow")
  @ParameterizedTest
  @MethodSource("recipes")
  void allRun(String recipe) {
    runs(recipe);
  }
}
