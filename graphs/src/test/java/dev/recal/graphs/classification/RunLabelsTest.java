package dev.recal.graphs.classification;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.recal.graphs.task.RecipeJson;
import dev.recal.graphs.task.RunDirectory;
import dev.recal.graphs.task.RunLabels;
import dev.recal.graphs.training.RecordingLog;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A run's class names are those of its images whenever these are open. */
class RunLabelsTest {

  private static final String RECIPE =
      """
      {
        "name": "labels",
        "network": "resnet20-cifar",
        "data": {"training": {"type": "textures", "perClass": 4}},
        "training": {"batch": 4, "steps": 1}
      }
      """;

  @TempDir Path directory;

  @Test
  void mismatchedLabelsPreventResuming() throws IOException {
    ClassificationRecipe recipe = RecipeJson.read(RECIPE, List.of(), ClassificationRecipe.class);
    try (PreparedClassification training = new ClassificationTask().prepare(recipe, true)) {
      RunDirectory<ClassificationRecipe> run =
          RunDirectory.create(directory.resolve("run"), training);
      Path file = run.directory().resolve(RunLabels.FILE);
      List<String> labels = new ArrayList<>(Files.readAllLines(file));
      byte[] whole = Files.readAllBytes(file);

      Files.write(file, Arrays.copyOf(whole, whole.length - 4));
      assertThatThrownBy(() -> run.resume(training, new RecordingLog()))
          .isInstanceOf(IOException.class)
          .hasMessageContaining(
              "File "
                  + file
                  + " does not match the run's data: line "
                  + labels.size()
                  + ": expected '")
          .hasMessageEndingWith("'.");

      Collections.swap(labels, 0, 2);
      Files.write(file, labels);
      assertThatThrownBy(() -> run.resume(training, new RecordingLog()))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("does not match the run's data: line 1: expected '");
      assertThatThrownBy(
              () -> training.recipe().data().sources().openEvaluation(labels, 1, true).close())
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("labels: expected the classes of ")
          .hasMessageContaining("where number 0 is '" + labels.get(2) + "', but got '");
    }
  }
}
