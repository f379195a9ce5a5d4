package dev.recal.tools;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.recal.graphs.data.DataSet;
import dev.recal.graphs.data.source.DomainFolder;
import dev.recal.graphs.data.source.Fold;
import dev.recal.graphs.data.source.Textures;
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

/** Cross-validation of a classifier of two domains with the commands. */
class TrialRunsTest {

  private static final List<String> TRIALS =
      List.of("seed3-fold1", "seed3-fold2", "seed4-fold1", "seed4-fold2");

  @TempDir private static Path directory;
  private static Path runs;

  @BeforeAll
  static void crossValidate() throws IOException {
    writeDomains();
    Files.writeString(
        directory.resolve("tiny.json"),
        """
        {"name": "tiny",
         "network": {"preset": "resnet20-cifar", "repeats": [1, 1, 1], "width": 0.5},
         "data": {"training": {"type": "domain-folder", "root": "domains"}, "imageSize": 16},
         "training": {"batch": 10, "steps": 2, "seed": 3, "threads": 1}}
        """);
    runs = directory.resolve("runs");
    CommandResult trained = train(directory.resolve("tiny.json"), runs, "--folds", 2, "--seeds", 2);
    assertThat(trained.exit()).as(trained.err()).isZero();
    assertThat(trained.out()).contains("Run 4 of 4: seed4-fold2", " ± ", "results.md");
  }

  private static void writeDomains() throws IOException {
    for (String domain : List.of("clean", "other")) {
      Textures textures = new Textures(Textures.train().split(), 2, 16, domain.length());
      try (DataSet data = textures.open()) {
        int[] labels = data.labels();
        for (int i = 0; i < data.count(); i++) {
          Path folder =
              directory.resolve("domains/" + domain + "/" + data.classNames().get(labels[i]));
          data.writeImage(i, 16, Files.createDirectories(folder).resolve(i + ".png"));
        }
      }
    }
  }

  private static CommandResult train(Path recipe, Path out, Object... more) {
    List<Object> words = new ArrayList<>(List.of("train", recipe, "--out", out, "--plain"));
    words.addAll(List.of("--data", directory));
    words.addAll(List.of(more));
    return CommandResult.of(words.toArray());
  }

  private static JsonObject json(Path file) throws IOException {
    return JsonParser.parseString(Files.readString(file)).getAsJsonObject();
  }

  @Test
  void writesRunsAndTheirMeanAndDeviation() throws IOException {
    JsonObject results = json(runs.resolve("results.json"));
    List<Double> accuracies = new ArrayList<>();
    for (int i = 0; i < TRIALS.size(); i++) {
      JsonObject run = results.getAsJsonArray("runs").get(i).getAsJsonObject();
      assertThat(run.get("trial").getAsString()).isEqualTo(TRIALS.get(i));
      JsonObject metrics = run.getAsJsonObject("metrics");
      assertThat(metrics.get("images").getAsInt()).isEqualTo(20);
      double sum =
          metrics.get("images clean").getAsInt() * metrics.get("top1 clean").getAsDouble()
              + metrics.get("images other").getAsInt() * metrics.get("top1 other").getAsDouble();
      assertThat(metrics.get("top1").getAsDouble()).isEqualTo(sum / 20);
      accuracies.add(metrics.get("top1").getAsDouble());
    }
    double mean = accuracies.stream().mapToDouble(Double::doubleValue).average().orElseThrow();
    JsonObject spread = results.getAsJsonObject("metrics").getAsJsonObject("top1");
    assertThat(spread.get("mean").getAsDouble()).isEqualTo(mean);
    assertThat(Files.readString(runs.resolve("results.md"))).contains("| mean ± deviation | ");
  }

  @Test
  void aFoldEqualsTheSameRunByHand() throws IOException {
    Path recipe = runs.resolve(TRIALS.get(1)).resolve("recipe.json");
    Path hand = directory.resolve("hand");
    CommandResult trained = train(recipe, hand);
    assertThat(trained.exit()).as(trained.err()).isZero();
    assertThat(weights(hand)).isEqualTo(weights(runs.resolve(TRIALS.get(1))));
    assertThat(metrics(hand))
        .isEqualTo(json(runs.resolve(TRIALS.get(1) + "/result.json")).get("metrics"));
  }

  // The fold as folders: images copied by their names, and a recipe that knows nothing of folds.
  @Test
  void aFoldEqualsARunOnFoldersOfItsImages() throws IOException {
    for (boolean heldOut : List.of(false, true)) {
      Path folder = directory.resolve(heldOut ? "cut/measured" : "cut/trained");
      Fold fold = new Fold(new DomainFolder(directory.resolve("domains")), 2, 1, 4, heldOut);
      try (DataSet images = fold.open()) {
        assertThat(images.count()).isEqualTo(20);
        for (int i = 0; i < images.count(); i++) {
          Path copy = folder.resolve(images.itemName(i));
          Files.createDirectories(copy.getParent());
          Files.copy(directory.resolve("domains").resolve(images.itemName(i)), copy);
        }
      }
    }
    Path out = directory.resolve("folders");
    CommandResult trained =
        train(
            directory.resolve("tiny.json"),
            out,
            "--set",
            "data.training.root=cut/trained",
            "--set",
            "data.evaluation={\"type\": \"domain-folder\", \"root\": \"cut/measured\"}",
            "--set",
            "training.seed=4");
    assertThat(trained.exit()).as(trained.err()).isZero();
    Path trial = runs.resolve("seed4-fold1");
    assertThat(weights(out)).isEqualTo(weights(trial));
    assertThat(metrics(out)).isEqualTo(json(trial.resolve("result.json")).get("metrics"));
  }

  private static JsonObject metrics(Path run) {
    CommandResult evaluated = CommandResult.of("evaluate", run, "--json");
    JsonObject found = JsonParser.parseString(evaluated.out()).getAsJsonObject();
    found.remove("checkpoint");
    found.remove("judgement");
    return found;
  }

  private static byte[] weights(Path run) throws IOException {
    return Files.readAllBytes(
        run.resolve("checkpoints/step-000000002/variables.data-00000-of-00001"));
  }

  @Test
  void resumesOnlyWhatIsNotFinished() throws IOException {
    Path copy = directory.resolve("copy");
    copy(runs, copy);
    // A killed run, and one that was not yet started.
    Files.delete(copy.resolve(TRIALS.get(2)).resolve("result.json"));
    delete(copy.resolve(TRIALS.get(3)));
    Path finished = copy.resolve(TRIALS.get(0)).resolve("result.json");
    FileTime before = Files.getLastModifiedTime(finished);
    CommandResult resumed = CommandResult.of("resume", copy, "--plain");
    assertThat(resumed.exit()).as(resumed.err()).isZero();
    assertThat(Files.getLastModifiedTime(finished)).isEqualTo(before);
    assertThat(json(copy.resolve("results.json"))).isEqualTo(json(runs.resolve("results.json")));
  }

  @Test
  void refusesWhatDoesNotFit() {
    Path recipe = directory.resolve("tiny.json");
    Path out = directory.resolve("refused");
    assertThat(train(recipe, out, "--folds", 1).exit()).isEqualTo(2);
    assertThat(train(recipe, out, "--seeds", 0).exit()).isEqualTo(2);
    CommandResult exported = train(recipe, out, "--folds", 2, "--export", directory.resolve("m"));
    assertThat(exported.exit()).isEqualTo(2);
    assertThat(exported.err()).contains("--export: expected a single run");
    assertThat(train(recipe, runs, "--folds", 2).err())
        .contains("is a study with other settings already");
    assertThat(CommandResult.of("resume", runs, "--set", "training.steps=3").exit()).isEqualTo(2);
    CommandResult missing = train(recipe, out, "--folds", 2, "--set", "data.training.root=nowhere");
    assertThat(missing.exit()).isEqualTo(1);
    assertThat(out).doesNotExist();
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
}
