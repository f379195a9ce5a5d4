package dev.recal.tools;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import dev.recal.graphs.optimisation.CosineSchedule;
import dev.recal.graphs.optimisation.Sgd;
import dev.recal.graphs.task.Task;
import dev.recal.ops.json.JsonRecords;
import example.regression.LinearRecipe;
import example.regression.LinearTask;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * The guide to custom tasks contains the tested code, and a valid recipe. {@link OtherJarTest} runs
 * them.
 */
class TasksGuideTest {

  private static String guide;

  @BeforeAll
  static void read() throws IOException {
    guide = Files.readString(Path.of("../docs/custom-tasks.md"));
  }

  @Test
  void theGuideShowsTheCodeAsItIs() throws IOException {
    try (Stream<Path> files = Files.list(Path.of("src/test/java/example/regression"))) {
      for (Path file : files.toList()) {
        assertThat(guide).contains("```java\n" + Files.readString(file) + "```\n");
      }
    }
  }

  @Test
  void theGuideShowsTheRegistration() {
    assertThat(guide)
        .contains("META-INF/services/" + Task.class.getName())
        .contains("```\n" + LinearTask.class.getName() + "\n```\n");
  }

  @Test
  void theRecipeIsRead() {
    String open = "```json\n";
    int from = guide.indexOf(open) + open.length();
    JsonObject json =
        JsonRecords.parse(guide.substring(from, guide.indexOf("```\n", from))).getAsJsonObject();
    LinearTask task = new LinearTask();
    assertThat(json.remove("task").getAsString()).isEqualTo(task.name());
    LinearRecipe recipe = task.read(json, List.of("steps=50", "clipNorm=1"));
    assertThat(recipe.features()).isEqualTo(5);
    assertThat(recipe.steps()).isEqualTo(50);
    assertThat(recipe.updates().optimiser()).isEqualTo(Sgd.defaults());
    assertThat(recipe.updates().learningRate().schedule()).isEqualTo(CosineSchedule.defaults());
    assertThat(recipe.updates().clipNorm()).contains(1.0);
    assertThat(task.read(task.write(recipe), List.of())).isEqualTo(recipe);
  }
}
