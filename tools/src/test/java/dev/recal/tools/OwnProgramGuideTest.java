package dev.recal.tools;

import static org.assertj.core.api.Assertions.assertThat;

import dev.recal.graphs.classification.ClassificationRecipe;
import dev.recal.graphs.task.RecipeJson;
import dev.recal.graphs.task.RunDirectory;
import example.Blobs;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The whole program of docs/networks-of-your-own.md is the tested one. */
class OwnProgramGuideTest {

  private static String guide;

  @BeforeAll
  static void read() throws IOException {
    guide = Files.readString(Path.of("../docs/networks-of-your-own.md"));
  }

  @Test
  void theGuideShowsTheCodeAndItsServicesAsTheyAre() throws IOException {
    String code = Files.readString(Path.of("src/test/java/example/Blobs.java"));
    assertThat(guide).contains("```java\n" + code + "```\n").contains("example.Blobs$Provider");
    for (String service :
        List.of(
            "dev.recal.graphs.data.DataSourceProvider",
            "dev.recal.graphs.network.NetworkProvider",
            "dev.recal.graphs.objective.ObjectiveProvider")) {
      assertThat(guide).contains(service + "\n");
      assertThat(Files.readAllLines(Path.of("src/test/resources/META-INF/services", service)))
          .contains("example.Blobs$Provider");
    }
  }

  @Test
  void theProgramLearnsInSpiteOfWrongLabelsAndTheCommandReadsItsRun(@TempDir Path directory)
      throws IOException {
    PrintStream out = System.out;
    ByteArrayOutputStream printed = new ByteArrayOutputStream();
    System.setOut(new PrintStream(printed, true, StandardCharsets.UTF_8));
    try {
      Blobs.main(new String[] {directory.toString()});
    } finally {
      System.setOut(out);
    }
    String text = printed.toString(StandardCharsets.UTF_8);
    assertThat(number(text, "200 images: top-1 ([0-9.]+) %")).isGreaterThan(90);
    assertThat(number(text, "%, brier ([0-9.]+), loss")).isBetween(0.0, 0.3);
    assertThat(number(text, "A square: ([0-9.]+)")).isGreaterThan(0.5);

    Path run = directory.resolve("run");
    ClassificationRecipe trained = RunDirectory.open(run, ClassificationRecipe.class).recipe();
    assertThat(recipe().training().loss()).isEqualTo(trained.training().loss());
    assertThat(recipe().training().metrics()).isEqualTo(trained.training().metrics());
    assertThat(recipe().network()).isEqualTo(trained.network());
    assertThat(recipe().data().training()).isEqualTo(trained.data().training());
    CommandResult evaluate = CommandResult.of("evaluate", run);
    assertThat(evaluate.exit()).as(evaluate.err()).isZero();
    assertThat(evaluate.out()).contains("brier ");
    assertThat(Files.readString(run.resolve("metrics.jsonl"))).contains("\"brier\"");
  }

  private static ClassificationRecipe recipe() {
    String open = "```json\n";
    int from = guide.indexOf(open) + open.length();
    String json = guide.substring(from, guide.indexOf("```\n", from));
    return RecipeJson.read(json, List.of(), ClassificationRecipe.class);
  }

  private static double number(String text, String pattern) {
    Matcher matcher = Pattern.compile(pattern).matcher(text);
    assertThat(matcher.find()).as(text).isTrue();
    return Double.parseDouble(matcher.group(1));
  }
}
