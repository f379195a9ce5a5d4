package dev.recal.graphs.task;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.google.gson.JsonObject;
import dev.recal.ops.json.JsonRecords;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CrossValidationTest {

  private static final String RECIPE =
      """
      {"name": "small", "network": "resnet20-cifar",
       "data": {"training": {"type": "textures", "perClass": 4}},
       "training": {"seed": 7, "epochs": 2}}
      """;

  @TempDir private Path directory;

  private static Recipe recipe() {
    return RecipeJson.read(RECIPE, List.of());
  }

  @Test
  void makesARecipeForEachSeedAndFold() {
    List<CrossValidation.Trial> trials = CrossValidation.of(recipe(), 3, 2).trials();
    assertThat(trials)
        .extracting(CrossValidation.Trial::name)
        .containsExactly(
            "seed7-fold1",
            "seed7-fold2",
            "seed7-fold3",
            "seed8-fold1",
            "seed8-fold2",
            "seed8-fold3");
    JsonObject last = RecipeJson.object(trials.get(5).recipe());
    assertThat(last.get("name").getAsString()).isEqualTo("small-seed8-fold3");
    assertThat(last.getAsJsonObject("training").get("seed").getAsLong()).isEqualTo(8);
    JsonObject data = last.getAsJsonObject("data");
    JsonObject expected = data.getAsJsonObject("training").deepCopy();
    assertThat(expected.get("heldOut").getAsBoolean()).isFalse();
    expected.addProperty("heldOut", true);
    assertThat(data.get("evaluation")).isEqualTo(expected);
    assertThat(expected.getAsJsonObject("source").get("perClass").getAsInt()).isEqualTo(4);
  }

  @Test
  void seedsAloneLeaveTheDataAsItIs() {
    List<CrossValidation.Trial> trials = CrossValidation.of(recipe(), 0, 2).trials();
    assertThat(trials).extracting(CrossValidation.Trial::name).containsExactly("seed7", "seed8");
    assertThat(RecipeJson.object(trials.get(1).recipe()).get("data"))
        .isEqualTo(RecipeJson.object(recipe()).get("data"));
  }

  @Test
  void roundTripsThroughItsFile() throws IOException {
    CrossValidation plan = CrossValidation.of(recipe(), 5, 3);
    plan.write(directory);
    assertThat(CrossValidation.isAt(directory)).isTrue();
    assertThat(CrossValidation.read(directory)).isEqualTo(plan);
    Files.writeString(directory.resolve(CrossValidation.FILE), "{\"folds\": 5}");
    assertThatThrownBy(() -> CrossValidation.read(directory))
        .hasMessageEndingWith("expected an object with folds, seeds and recipe.");
  }

  @Test
  void rejectsRecipesWithoutTrainingImages() throws IOException {
    String text = Files.readString(Path.of("../recipes/fewshot-slim.json"));
    Recipe generator = RecipeJson.read(text, List.of());
    assertThatThrownBy(() -> CrossValidation.of(generator, 2, 1))
        .hasMessageContaining("cannot be cross-validated")
        .hasMessageContaining("have no data.training.");
    assertThatThrownBy(() -> CrossValidation.of(recipe(), 1, 1))
        .hasMessage("folds: expected at least 2, but got 1.");
  }

  // By hand: 0.5, 0.6, 0.8 have the mean 19/30 and the sample variance 7/300.
  @Test
  void reportsMeanAndDeviation() throws IOException {
    List<TrialResult> results =
        List.of(
            new TrialResult("a", Map.of("top1", 0.5)),
            new TrialResult("b", Map.of("top1", 0.6)),
            new TrialResult("c", Map.of("top1", 0.8)));
    for (TrialResult result : results) {
      Path place = Files.createDirectories(directory.resolve(result.trial()));
      result.write(place);
      assertThat(TrialResult.read(place)).isEqualTo(result);
    }
    TrialResults all = new TrialResults("small", results);
    TrialResults.Spread spread = all.spreads().get("top1");
    assertThat(spread.mean()).isCloseTo(19 / 30.0, within(1e-12));
    assertThat(spread.deviation().getAsDouble()).isCloseTo(Math.sqrt(7 / 300.0), within(1e-12));
    assertThat(all.table())
        .isEqualTo(
            """
            | small | top1 |
            |---|---|
            | a | 0.5000 |
            | b | 0.6000 |
            | c | 0.8000 |
            | mean ± deviation | 0.6333 ± 0.1528 |
            """);
    all.write(directory);
    JsonObject json =
        JsonRecords.parse(Files.readString(directory.resolve(TrialResults.JSON))).getAsJsonObject();
    assertThat(json.getAsJsonObject("metrics").getAsJsonObject("top1").get("runs").getAsInt())
        .isEqualTo(3);
  }
}
