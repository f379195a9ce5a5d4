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
import java.util.Optional;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StudyTest {

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
    List<Study.Trial> trials = Study.of(recipe(), 3, 2).trials();
    assertThat(trials)
        .extracting(Study.Trial::name)
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
    List<Study.Trial> trials = Study.of(recipe(), 0, 2).trials();
    assertThat(trials).extracting(Study.Trial::name).containsExactly("seed7", "seed8");
    assertThat(RecipeJson.object(trials.get(1).recipe()).get("data"))
        .isEqualTo(RecipeJson.object(recipe()).get("data"));
  }

  @Test
  void roundTripsThroughItsFile() throws IOException {
    Study plan = Study.of(recipe(), 5, 3);
    plan.write(directory);
    assertThat(Study.isAt(directory)).isTrue();
    assertThat(Study.read(directory)).isEqualTo(plan);
    Files.writeString(directory.resolve(Study.FILE), "{\"folds\": 5}");
    assertThatThrownBy(() -> Study.read(directory))
        .hasMessageEndingWith("expected an object with folds, seeds and recipe.");
  }

  @Test
  void variesTheRecipeOfEveryVariation() throws IOException {
    StudyVariation slow = StudyVariation.of("slow", List.of("training.learningRate.base=0.01"));
    StudyVariation plain =
        new StudyVariation("plain", List.of(), List.of("network.recalibration=null"));
    Study study = Study.of(recipe(), List.of(slow, plain), 0, 2);
    assertThat(study.trials())
        .extracting(Study.Trial::name)
        .containsExactly("slow-seed7", "slow-seed8", "plain-seed7", "plain-seed8");
    JsonObject second = RecipeJson.object(study.trials().get(1).recipe());
    assertThat(second.getAsJsonObject("training").getAsJsonObject("learningRate").get("base"))
        .hasToString("0.01");
    assertThat(slow.settings().get(0).value()).isEqualTo("0.01");
    study.write(directory);
    assertThat(Study.read(directory)).isEqualTo(study);

    Study smaller = Study.of(recipe(), List.of(plain), 0, 1);
    assertThat(study.includes(smaller)).isTrue();
    assertThat(smaller.includes(study)).isFalse();
    assertThat(study.includes(Study.of(recipe(), List.of(plain), 2, 1))).isFalse();
    assertThatThrownBy(() -> Study.of(recipe(), List.of(slow, slow), 0, 1))
        .hasMessage("variations: expected different names, but got 'slow' twice.");
    StudyVariation wrong = StudyVariation.of("wrong", List.of("training.epoch=1"));
    assertThatThrownBy(() -> Study.of(recipe(), List.of(wrong), 0, 1).trials())
        .hasMessageContaining("training.epoch: there is no such key");
  }

  // By hand: 0.5 and 0.7 have the mean 0.6 and the sample deviation 0.1414.
  @Test
  void comparesVariations() throws IOException {
    StudyVariation slow = StudyVariation.of("slow", List.of("training.epochs=[1,2]"));
    StudyVariation fast = StudyVariation.of("fast", List.of("training.epochs=9"));
    TrialResult.Cost cost = new TrialResult.Cost(1234, 5678);
    StudyResults results =
        new StudyResults(
            "small",
            "top1",
            List.of(
                row(
                    slow,
                    new TrialResult("slow-seed1", Optional.of(cost), Map.of("top1", 0.5)),
                    new TrialResult("slow-seed2", Optional.of(cost), Map.of("top1", 0.7))),
                row(
                    fast,
                    new TrialResult("fast-seed1", Map.of()),
                    new TrialResult("fast-seed2", Optional.of(cost), Map.of("top1", 0.4)))));
    assertThat(results.best().orElseThrow().variation()).isEqualTo(slow);
    assertThat(results.wholeTable().markdown("small"))
        .isEqualTo(
            """
            | small | training.epochs | parameters | multiply-adds | runs | top1 |
            |---|---|---|---|---|---|
            | slow | [1,2] | 1,234 | 5,678 | 2 | 0.6000 ± 0.1414 |
            | fast | 9 | 1,234 | 5,678 | 2, 1 diverged | 0.4000 |
            """);
    results.write(directory);
    assertThat(directory.resolve(StudyResults.CSV))
        .content()
        .startsWith("variation,training.epochs,parameters,multiplyAdds,runs,diverged,top1 mean,")
        .contains("slow,\"[1,2]\",1234,5678,2,0,0.6,0.1414", "fast,9,1234,5678,2,1,0.4,\n");
    assertThat(results.draw(directory)).isTrue();
    assertThat(ImageIO.read(directory.resolve(StudyResults.PICTURE).toFile()).getWidth())
        .isEqualTo(960);
  }

  private static StudyResults.Row row(StudyVariation variation, TrialResult... results) {
    return new StudyResults.Row(variation, new TrialResults(variation.name(), List.of(results)));
  }

  @Test
  void rejectsRecipesWithoutTrainingImages() throws IOException {
    String text = Files.readString(Path.of("../recipes/fewshot-slim.json"));
    Recipe generator = RecipeJson.read(text, List.of());
    assertThatThrownBy(() -> Study.of(generator, 2, 1))
        .hasMessageContaining("cannot be cut into folds")
        .hasMessageContaining("have no data.training.");
    assertThatThrownBy(() -> Study.of(recipe(), 1, 1))
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
