package dev.recal.tools;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.recal.graphs.classification.ClassificationRecipe;
import dev.recal.graphs.classification.ClassificationTask;
import dev.recal.graphs.data.DataSet;
import dev.recal.graphs.data.OpenSettings;
import dev.recal.graphs.data.source.Textures;
import dev.recal.graphs.network.Networks;
import dev.recal.graphs.task.RunDirectory;
import dev.recal.models.weights.NetworkFile;
import dev.recal.models.weights.TensorFile;
import dev.recal.models.weights.WeightImport;
import example.FineTuneFolder;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Follows the guide to fine-tuning: its program learns new classes and keeps frozen weights. */
class TransferGuideTest {

  private static final String NETWORK = "resnet20-cifar";
  private static final Path PROGRAM = Path.of("src/test/java/example/FineTuneFolder.java");

  private static final int SIZE = 24;

  /** The classes of the folder, and their textures. */
  private static final Map<String, String> KINDS =
      Map.of("cloud", "smooth", "grass", "green", "sand", "grainy");

  @TempDir private static Path shared;
  private static Path weights;
  private static Path images;

  @TempDir private Path directory;

  @BeforeAll
  static void prepare() throws IOException {
    Path run = shared.resolve("textures");
    CommandResult trained =
        CommandResult.of(
            "train",
            "../recipes/quickstart.json",
            "--plain",
            "--out=" + run,
            "--set=network=" + NETWORK,
            "--set=data.imageSize=" + SIZE,
            "--set=data.training.size=" + SIZE,
            "--set=data.training.perClass=100",
            "--set=data.evaluation.size=" + SIZE,
            "--set=data.evaluation.perClass=4",
            "--set=training.batch=25",
            "--set=training.epochs=3",
            "--set=training.evaluateEvery=3");
    assertThat(trained.exit()).as(trained.err()).isZero();
    weights = shared.resolve("textures.safetensors");
    assertThat(CommandResult.of("export-weights", run, "--out", weights).exit()).isZero();
    images = folder(shared.resolve("kinds"));
  }

  private static Path folder(Path root) throws IOException {
    try (DataSet drawn =
        new Textures(Textures.Split.TEST, 50, SIZE, 5).open(OpenSettings.defaults())) {
      int[] labels = drawn.labels();
      for (int i = 0; i < labels.length; i++) {
        String kind = KINDS.get(drawn.classNames().get(labels[i]));
        if (kind != null) {
          drawn.writeImage(i, SIZE, root.resolve(kind).resolve(i + ".png"));
        }
      }
    }
    return root;
  }

  private static String program(String... arguments) throws IOException {
    PrintStream out = System.out;
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    System.setOut(new PrintStream(bytes, true, StandardCharsets.UTF_8));
    try {
      FineTuneFolder.main(arguments);
    } finally {
      System.setOut(out);
    }
    return bytes.toString(StandardCharsets.UTF_8);
  }

  @Test
  void theGuideShowsTheProgramAsItIs() throws IOException {
    String code = Files.readString(PROGRAM);
    assertThat(Files.readString(Path.of("../docs/transfer.md")))
        .contains("```java\n" + code + "```\n");
    assertThat(code.lines()).hasSizeLessThan(200);
  }

  @Test
  void learnsANewHeadAndKeepsWhatIsFrozen() throws IOException {
    String output =
        program(
            NETWORK,
            weights.toString(),
            images.toString(),
            directory.toString(),
            "data.imageSize=" + SIZE,
            "data.augmentation=pad-crop-flip",
            "data.evaluationAugmentation=none",
            "training.batch=16",
            "training.epochs=8",
            "training.learningRate.base=0.05");
    assertThat(output).contains("imported from textures.safetensors with the names of ");

    RunDirectory<ClassificationRecipe> run =
        RunDirectory.open(directory.resolve("run"), ClassificationRecipe.class);
    Path best = run.checkpoint(Optional.empty());
    assertThat(ClassificationTask.labels(run.directory()))
        .containsExactly("grainy", "green", "smooth");
    assertKept(directory.resolve("start"), best);

    double accuracy =
        Double.parseDouble(output.replaceAll("(?s).*images: top-1 ([0-9.]+) %.*", "$1"));
    assertThat(accuracy).as(output).isGreaterThan(65);

    String answer = output.substring(output.indexOf(".png\n") + 5);
    assertThat(answer.lines().map(line -> line.trim().split(" ")[0]))
        .containsExactlyInAnyOrder("grainy", "green", "smooth");
    Path model = directory.resolve("model");
    assertThat(CommandResult.of("verify", model).exit()).isZero();
    CommandResult predicted =
        CommandResult.of("predict", model, images.resolve("grainy"), "--top-k", "1");
    assertThat(predicted.exit()).as(predicted.err()).isZero();
    // Chance would be 17 of the 50.
    assertThat(predicted.out().lines().filter(line -> line.contains(" grainy ")).count())
        .isGreaterThan(35);
  }

  // Frozen scopes are unchanged, statistics included; everything else has changed.
  private static void assertKept(Path start, Path end) throws IOException {
    TreeSet<String> kept = new TreeSet<>();
    TreeSet<String> moved = new TreeSet<>();
    try (NetworkFile before = NetworkFile.open(start);
        TensorFile after = TensorFile.open(end)) {
      for (String name : before.tensors().tensors().keySet()) {
        if (!name.startsWith("head/")) {
          boolean same = Arrays.equals(before.tensors().floats(name), after.floats(name));
          (same ? kept : moved).add(name);
        }
      }
    }
    assertThat(kept).isNotEmpty().allMatch(name -> name.matches("(stem|stage1)/.*"));
    assertThat(kept).anyMatch(name -> name.endsWith("bn/moving_mean"));
    assertThat(moved).isNotEmpty().allMatch(name -> name.matches("stage[23]/.*"));
  }

  @Test
  void rejectsWeightsOfAnotherNetwork() {
    assertThatThrownBy(
            () ->
                WeightImport.importAll(
                    weights, Networks.preset("resnet32-cifar"), directory.resolve("no")))
        .isInstanceOf(IOException.class)
        .hasMessageContainingAll("does not contain the weights of resnet32-cifar", "missing");
    assertThat(directory.resolve("no")).doesNotExist();
  }
}
