package dev.recal.tools;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Ablation, pruning and sweep of a tiny network. */
class StudyCommandsTest {

  @TempDir private static Path directory;
  private static Path recipe;
  private static Path ablation;

  @BeforeAll
  static void ablate() throws IOException {
    recipe = directory.resolve("tiny.json");
    Files.writeString(
        recipe,
        """
        {"name": "tiny",
         "network": {"preset": "resnet20-cifar", "repeats": [1, 1, 1], "width": 0.5},
         "data": {"training": {"type": "textures", "perClass": 2},
                  "evaluation": {"type": "textures", "split": "test", "perClass": 2},
                  "imageSize": 16},
         "training": {"batch": 10, "steps": 2, "seed": 3, "threads": 1}}
        """);
    ablation = directory.resolve("ablation");
    succeeds("study", "ablation", recipe, "--pooling", "mean", "--out", ablation, "--plain");
    // The same study with more.
    String out =
        succeeds(
            "study",
            "ablation",
            recipe,
            "--pooling",
            "mean",
            "--with",
            "se",
            "--seeds",
            2,
            "--out",
            ablation,
            "--plain");
    assertThat(out).contains("none-seed3 is finished", "mean-cfc-seed3 is finished");
    assertThat(out).contains("Run 6 of 6: mean-cfc-seed4", " ± ", "Best top1: ", "results.png");
  }

  private static String succeeds(Object... words) {
    CommandResult ran = CommandResult.of(words);
    assertThat(ran.exit()).as(ran.err()).isZero();
    return ran.out();
  }

  private static JsonObject json(Path file) throws IOException {
    return JsonParser.parseString(Files.readString(file)).getAsJsonObject();
  }

  @Test
  void comparesOperatorsInTables() throws IOException {
    JsonArray rows = json(ablation.resolve("results.json")).getAsJsonArray("variations");
    List<String> names = new ArrayList<>();
    List<Long> parameters = new ArrayList<>();
    for (JsonElement row : rows) {
      JsonObject variation = row.getAsJsonObject();
      names.add(variation.get("name").getAsString());
      parameters.add(variation.get("parameters").getAsLong());
      double sum = 0;
      for (JsonElement run : variation.getAsJsonArray("runs")) {
        sum += run.getAsJsonObject().getAsJsonObject("metrics").get("top1").getAsDouble();
      }
      JsonObject top1 = variation.getAsJsonObject("metrics").getAsJsonObject("top1");
      assertThat(top1.get("runs").getAsInt()).isEqualTo(2);
      assertThat(top1.get("mean").getAsDouble()).isEqualTo(sum / 2);
    }
    assertThat(names).containsExactly("none", "se", "mean-cfc");
    // Three blocks of 8, 16 and 32 channels: SE without biases has a hidden unit in 8 and 16
    // channels and two in 32, mean pooling three values a channel.
    assertThat(parameters.get(1) - parameters.get(0)).isEqualTo(16 + 32 + 128);
    assertThat(parameters.get(2) - parameters.get(0)).isEqualTo(3 * (8 + 16 + 32));
    assertThat(ablation.resolve("results.md"))
        .content()
        .contains("| tiny | pooling | integration | parameters |", "| mean-cfc | mean | cfc | ");
    assertThat(ablation.resolve("results.csv")).content().contains("mean-cfc,mean,cfc,");
    assertThat(ablation.resolve("results.png")).isNotEmptyFile();
  }

  @Test
  void resumesWhatIsNotFinished() throws IOException {
    Path copy = directory.resolve("copy");
    copy(ablation, copy);
    // A killed run, and one that was not started.
    Files.delete(copy.resolve("se-seed4/result.json"));
    delete(copy.resolve("mean-cfc-seed3"));
    Path finished = copy.resolve("none-seed3/result.json");
    FileTime before = Files.getLastModifiedTime(finished);
    succeeds("resume", copy, "--plain");
    assertThat(Files.getLastModifiedTime(finished)).isEqualTo(before);
    for (String file : List.of("results.json", "results.md", "results.csv")) {
      assertThat(copy.resolve(file)).hasSameTextualContentAs(ablation.resolve(file));
    }
  }

  @Test
  void prunesTheRunsOfAStudy() throws IOException {
    Path out = directory.resolve("pruning");
    List<Object> words = new ArrayList<>(List.of("study", "pruning", ablation, "--out", out));
    words.addAll(List.of("--shares", "0,0.5", "--random", "1"));
    CommandResult ran = CommandResult.of(words.toArray());
    assertThat(ran.exit()).as(ran.err()).isZero();
    assertThat(ran.err()).contains("none has no gates; skipped.", "gate, 0.5: ");
    assertThat(ran.out()).contains("se, random channels", "mean-cfc", " ± ");
    JsonArray networks = json(out.resolve("pruning.json")).getAsJsonArray("networks");
    assertThat(networks).hasSize(2);
    JsonObject se = networks.get(0).getAsJsonObject();
    assertThat(se.getAsJsonArray("runs")).hasSize(2);
    // Nothing is pruned: the accuracy of the runs.
    double whole = 0;
    for (int seed = 3; seed <= 4; seed++) {
      JsonObject result = json(ablation.resolve("se-seed" + seed + "/result.json"));
      whole += result.getAsJsonObject("metrics").get("top1").getAsDouble() / 2;
    }
    assertThat(se.getAsJsonArray("top1").get(0).getAsJsonObject().get("mean").getAsDouble())
        .isEqualTo(whole);
    assertThat(out.resolve("pruning.csv")).content().contains("\nse,2,random 1,0.5,28,");
    assertThat(out.resolve("pruning.png")).isNotEmptyFile();

    CommandResult again = CommandResult.of(words.toArray());
    assertThat(again.out()).isEqualTo(ran.out());
    assertThat(again.err()).doesNotContain("gate, 0.5: ");
  }

  @Test
  void sweepsSettingsAndReportsDivergedRuns() throws IOException {
    Path out = directory.resolve("sweep");
    String text =
        succeeds(
            "study",
            "sweep",
            recipe,
            "--grid",
            "training.learningRate.base=0.1,1e30",
            "--set",
            "training.steps=8",
            "--set",
            "training.evaluateEvery=1",
            "--out",
            out,
            "--plain");
    assertThat(text).contains("Best top1: base0.1", "1, 1 diverged");
    assertThat(out.resolve("results.md")).content().contains("| base0.1 | 0.1 | ");
    assertThat(succeeds("resume", out, "--plain")).contains("base1e30-seed3 is finished");
  }

  @Test
  void refusesWhatDoesNotFit() {
    CommandResult word = CommandResult.of("study", "ablation", recipe, "--pooling", "average");
    assertThat(word.exit()).isEqualTo(2);
    assertThat(word.err()).contains("--pooling: there is no 'average'", "mean-deviation");
    CommandResult plain =
        CommandResult.of(
            "study", "pruning", ablation.resolve("none-seed3"), "--out", directory.resolve("p"));
    assertThat(plain.exit()).isEqualTo(1);
    assertThat(plain.err()).contains("none-seed3: network: expected channel gates", "but got none");
    CommandResult based =
        CommandResult.of("study", "pruning", ablation, "--data", directory, "--out", ablation);
    assertThat(based.exit()).isEqualTo(2);
    assertThat(based.err()).contains("is trained already. Other images are given by --images.");
    CommandResult other =
        CommandResult.of(
            "study", "ablation", recipe, "--out", ablation, "--set", "training.steps=3");
    assertThat(other.exit()).isEqualTo(1);
    assertThat(other.err()).contains("is a study with other settings already");
    CommandResult missing =
        CommandResult.of(
            "study",
            "ablation",
            recipe,
            "--out",
            directory.resolve("m"),
            "--set",
            "data.evaluation={\"type\":\"image-folder\",\"root\":\"nowhere\"}");
    assertThat(missing.exit()).isEqualTo(1);
    assertThat(missing.err()).contains("nowhere");
    assertThat(directory.resolve("m")).doesNotExist();
  }

  private static void copy(Path from, Path to) throws IOException {
    try (Stream<Path> files = Files.walk(from)) {
      for (Path file : files.toList()) {
        Files.copy(file, to.resolve(from.relativize(file).toString()));
      }
    }
  }

  private static void delete(Path tree) throws IOException {
    try (Stream<Path> files = Files.walk(tree)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }

  @Test
  void comparesRunsOfAStudy() throws IOException {
    Path csv = directory.resolve("compared.csv");
    Path plot = directory.resolve("compared.png");
    String out =
        succeeds(
            "compare",
            ablation.resolve("none-seed3"),
            ablation.resolve("se-seed4"),
            "--csv",
            csv,
            "--plot",
            plot);
    assertThat(out).contains("training.seed", "evaluation/top1").doesNotContain("training.batch");
    assertThat(Files.readAllLines(csv)).hasSize(3);
    assertThat(Files.readAllLines(csv).get(0))
        .startsWith("run,steps,")
        .contains(",evaluation/top1 best,");
    assertThat(plot).isNotEmptyFile();
    // The study stands for its six runs.
    JsonObject json =
        JsonParser.parseString(succeeds("compare", ablation, "--json")).getAsJsonObject();
    assertThat(json.get("task").getAsString()).isEqualTo("classification");
    assertThat(json.getAsJsonArray("runs")).hasSize(6);
    JsonObject first = json.getAsJsonArray("runs").get(0).getAsJsonObject();
    assertThat(first.get("run").getAsString()).isEqualTo("none-seed3");
    assertThat(first.get("steps").getAsInt()).isEqualTo(2);
    assertThat(
            first
                .getAsJsonObject("metrics")
                .getAsJsonObject("evaluation/loss")
                .get("lastStep")
                .getAsInt())
        .isEqualTo(2);
  }

  @Test
  void comparisonOfOneRunIsRefused() {
    CommandResult ran = CommandResult.of("compare", ablation.resolve("none-seed3"));
    assertThat(ran.exit()).isNotZero();
    assertThat(ran.err()).contains("expected at least 2 runs to compare, but got 1");
  }
}
