package dev.recal.tools;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

/** A command line that cannot be right exits with 2, every other failure with 1. */
class ExitCodesTest {

  @TempDir static Path directory;

  private static final String HOME = "recal.home";
  private static String home;

  @BeforeAll
  static void write() throws IOException {
    home = System.getProperty(HOME);
    System.setProperty(HOME, "..");
    Files.writeString(directory.resolve("file"), "neither a model nor an image");
    Files.createDirectories(directory.resolve("filled/a"));
    Files.writeString(directory.resolve("filled/a/note.txt"), "no image");
    Files.writeString(
        directory.resolve("recipe.json"),
        "{\"name\": \"x\", \"network\": \"resnet20-cifar\","
            + " \"data\": {\"training\": {\"type\": \"image-folder\", \"root\": \"missing\"}}, \"training\": {}}");
    Files.createDirectories(directory.resolve("broken/1"));
    Files.writeString(directory.resolve("broken/1/saved_model.pb"), "no message");
    Files.createDirectories(directory.resolve("run"));
    Files.writeString(directory.resolve("run/recipe.json"), "{");
  }

  @AfterAll
  static void restore() {
    if (home == null) {
      System.clearProperty(HOME);
    } else {
      System.setProperty(HOME, home);
    }
  }

  private static List<String> words(String line) {
    return Stream.of(line.split(" ")).map(word -> word.replace("@", directory + "/")).toList();
  }

  @Test
  void aNameThatIsTooLongIsToldBeforeTheWork() {
    CommandResult ran = run("synthesize sample @broken --out @" + "a".repeat(300) + ".png");
    assertThat(ran.exit()).isEqualTo(1);
    assertThat(ran.err()).contains(".png cannot be written: the file name is too long.");
  }

  private static CommandResult run(String line) {
    return CommandResult.of(words(line).toArray());
  }

  /** What the command needs at least, with files that do not exist. */
  private static final Map<String, String> MISSING_FILES =
      Map.ofEntries(
          Map.entry("train", "train --resume @missing"),
          Map.entry("resume", "resume @missing"),
          Map.entry("launch", "launch --workers 2 -- resume @missing"),
          Map.entry("evaluate", "evaluate @missing"),
          Map.entry("export", "export @missing @model"),
          Map.entry("import", "import resnet20-cifar @missing --out @weights"),
          Map.entry("export-weights", "export-weights @missing --out @w.safetensors"),
          Map.entry("predict", "predict @missing @file"),
          Map.entry("explain", "explain @missing @file --out @pictures"),
          Map.entry("compare", "compare @missing @run"),
          Map.entry("prune", "prune @missing --out @pruned"),
          Map.entry("run", "run @missing --input @file --output @tensors"),
          Map.entry("serve", "serve @missing"),
          Map.entry("verify", "verify @missing"),
          Map.entry("inspect", "inspect @missing"),
          Map.entry("records", "records @missing --out @shards"),
          Map.entry("golden", "golden @missing"),
          Map.entry("bench serve", "bench serve @missing"),
          Map.entry("bench input", "bench input @missing"),
          Map.entry("bench step", "bench step @recipe.json"),
          Map.entry("synthesize train", "synthesize train @missing --out @run2"),
          Map.entry("synthesize sample", "synthesize sample @missing --out @grid.png"),
          Map.entry("synthesize interpolate", "synthesize interpolate @missing --out @grid.png"),
          Map.entry("synthesize mix", "synthesize mix @missing --out @grid.png"),
          Map.entry("synthesize project", "synthesize project @missing @file --out @grid.png"),
          Map.entry("synthesize evaluate", "synthesize evaluate @missing @filled"),
          Map.entry("oneshot train", "oneshot train @missing --out @run2"),
          Map.entry("oneshot sample", "oneshot sample @missing --out @grid.png"),
          Map.entry(
              "oneshot harmonize",
              "oneshot harmonize @run --reference @missing --mask @missing --out @grid.png"),
          Map.entry(
              "oneshot edit",
              "oneshot edit @run --reference @missing --mask @missing --out @grid.png"),
          Map.entry("oneshot paint", "oneshot paint @run --painting @missing --out @grid.png"),
          Map.entry("oneshot superres", "oneshot superres @missing --run @run2 --out @grid.png"),
          Map.entry("oneshot animate", "oneshot animate @missing --out @morph.gif"),
          Map.entry("oneshot evaluate", "oneshot evaluate @missing"),
          Map.entry("synthesize lpips", "synthesize lpips vgg16 @missing --out @lpips"),
          Map.entry("style train", "style train @missing --content @filled --out @run2"),
          Map.entry("style apply", "style apply @missing @file --out @stylized"),
          Map.entry("style compare", "style compare @missing --content @filled --out @compared"),
          Map.entry("stylize", "stylize @missing --styles @missing --model @missing --out @copied"),
          Map.entry("style network", "style network vgg16 @missing --out @vgg"),
          Map.entry("faces align", "faces align @missing --points @missing --out @aligned"),
          Map.entry("faces verify", "faces verify @missing @filled --pairs @missing"),
          Map.entry(
              "faces identify", "faces identify @missing --probes @missing --distractors @missing"),
          Map.entry("faces embed", "faces embed @missing @missing --out @rows.npy"),
          Map.entry("study ablation", "study ablation @recipe.json --out @studied"),
          Map.entry("study pruning", "study pruning @run @missing --out @studied"),
          Map.entry(
              "study sweep", "study sweep @recipe.json --grid training.epochs=1 --out @studied"));

  /** Those that read no file that has to exist. */
  private static final List<String> WITHOUT_FILES =
      List.of(
          "quickstart",
          "detect quickstart",
          "faces draw",
          "networks",
          "profile",
          "doctor",
          "help",
          "completion",
          "recipes",
          "recipe show",
          "recipe schema",
          "bench modules",
          "bench networks",
          "bench exports",
          "bench synthesize",
          "bench oneshot",
          "bench roi-align",
          "bench detection",
          "bench workers",
          "bench turns");

  static Stream<String> commands() {
    List<String> names = new ArrayList<>();
    Main.commandLine()
        .getSubcommands()
        .forEach(
            (name, command) -> {
              if (command.getSubcommands().isEmpty()) {
                names.add(name);
              }
              command.getSubcommands().keySet().forEach(inner -> names.add(name + " " + inner));
            });
    return names.stream();
  }

  @Test
  void everyCommandIsTried() {
    assertThat(Stream.concat(MISSING_FILES.keySet().stream(), WITHOUT_FILES.stream()))
        .containsExactlyInAnyOrderElementsOf(commands().toList());
  }

  @ParameterizedTest
  @MethodSource("commands")
  void anUnknownOptionIsAUsageError(String command) {
    CommandResult ran = run(command + " --no-such-option");
    assertThat(ran.exit()).as(ran.err()).isEqualTo(2);
    assertThat(ran.err()).startsWith("recal: ").contains("Try 'recal " + command + " --help'.");
  }

  @ParameterizedTest
  @ValueSource(strings = {"synthesize", "oneshot", "bench", "synthesize simple", "bench models"})
  void aMissingOrUnknownCommandIsAUsageError(String command) {
    CommandResult ran = run(command);
    assertThat(ran.exit()).as(ran.err()).isEqualTo(2);
    assertThat(ran.out()).isEmpty();
  }

  @ParameterizedTest
  @MethodSource("commands")
  void aMissingArgumentIsAUsageError(String command) {
    if (MISSING_FILES.containsKey(command)) {
      CommandResult ran = run(command);
      assertThat(ran.exit()).as(ran.err()).isEqualTo(2);
    }
  }

  @ParameterizedTest
  @MethodSource("commands")
  void aMissingFileIsAFailureThatNamesIt(String command) throws IOException {
    if (MISSING_FILES.containsKey(command)) {
      List<Path> before = entries();
      CommandResult ran = run(MISSING_FILES.get(command));
      assertThat(ran.exit()).as(ran.err()).isEqualTo(1);
      assertThat(ran.err()).startsWith("recal: ").contains("missing");
      assertThat(ran.err().lines()).hasSize(1);
      assertThat(entries()).isEqualTo(before);
    }
  }

  private static List<Path> entries() throws IOException {
    try (Stream<Path> all = Files.walk(directory)) {
      return all.sorted().toList();
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "predict @broken @file --top-k x",
        "predict @broken @file --top-k 0",
        "predict @broken @file --min-score 1.5",
        "predict @broken @file --annotations @file",
        "train quickstart --set training.epochs=-1 --out @r",
        "train quickstart --set training.epoch=1 --out @r",
        "train no-such-recipe --out @r",
        "recipe show no-such-recipe",
        "recipe show quickstart --set training.epoch=1",
        "recipes no-such-word",
        "completion fish",
        "help no-such-command",
        "help bench no-such-command",
        "train quickstart --resume @run",
        "train quickstart --folds 1 --out @r",
        "train quickstart --seeds 0 --out @r",
        "train @run --folds 2",
        "train --find-learning-rate --out @r",
        "train quickstart --find-learning-rate --smoke --out @r",
        "train @run --images @filled",
        "train scenes-mask-rcnn --images @filled --out @r",
        "evaluate @run --views up",
        "export @run @model --min-agreement 2 --optimise float32",
        "export @run @model --name photos",
        "serve @broken --port 70000",
        "serve @broken --grpc-port 70000",
        "serve @broken --drain -1",
        "serve @broken --access-log-format json",
        "serve @broken --log-level loud",
        "serve @broken --models-config @file",
        "serve --models-config @file --name photos",
        "profile no-such-network",
        "profile resnet20-cifar --size x",
        "bench modules --module=none",
        "bench networks none",
        "bench exports none",
        "bench workers --networks none",
        "bench workers --workers 1",
        "bench step no-such-recipe",
        "bench serve @broken --clients 0",
        "import none @file --out @weights",
        "synthesize sample @broken --count 0 --out @grid.png",
        "synthesize interpolate @broken --steps 0 --out @grid.png",
        "synthesize train @filled --size 100 --out @r",
        "synthesize lpips none @file --out @lpips",
        "oneshot sample @broken --size 100 --out @grid.png",
        "style train @file --content @filled --norm none --out @r",
        "style train @file --out @r",
        "style apply @broken @file --strength 2 --out @stylized",
        "style network none @file --out @vgg",
        "compare",
        "study ablation quickstart --pooling average --out @r",
        "study ablation quickstart --integration linear --out @r",
        "study ablation quickstart --with srm --out @r",
        "study ablation quickstart --seeds 0 --out @r",
        "study ablation fewshot-slim --out @r",
        "study pruning quickstart --gates none --out @r",
        "study pruning quickstart --shares 2 --out @r",
        "study sweep quickstart --out @r",
        "study sweep quickstart --grid training.epoch=1 --out @r",
        "study sweep quickstart --random training.epochs=9 --out @r",
        "study sweep quickstart --grid training.epochs=1 --count 2 --out @r",
        "oneshot superres @file --factor 1 --out @grid.png",
        "faces verify --pairs @file",
        "faces verify @run @filled --pairs @file --far 2",
        "faces verify @run @filled --pairs @file --folds 1",
        "faces verify @run --embeddings @file --pairs @file",
        "faces identify @run --probes @filled --distractors @filled --ranks 0",
        "faces align @filled --points @file --size 0 --out @aligned",
        "faces embed @run @filled --out @rows.txt",
        "records @filled --out @shards --threads 0",
        "launch --workers 0 -- train quickstart",
        "launch --workers 2 --min-workers 3 -- train quickstart",
        "launch --workers 2 --worker-timeout 0 -- train quickstart",
        "launch --workers 2 --gpus 0 -- train quickstart",
        "launch --workers 7 -- train quickstart --set training.batch=64",
        "launch --workers 2 -- predict quickstart",
        "launch --workers 2 -- train no-such-recipe",
        "launch --workers 2 -- train quickstart --task 1",
        "launch --workers 2 -- train quickstart --no-such-option"
      })
  void aValueThatCannotBeRightIsAUsageError(String line) throws IOException {
    List<Path> before = entries();
    CommandResult ran = run(line);
    assertThat(ran.exit()).as(ran.err()).isEqualTo(2);
    assertThat(ran.err()).startsWith("recal: ");
    assertThat(entries()).isEqualTo(before);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "predict @broken @file",
        "inspect @broken",
        "verify @broken",
        "serve @broken",
        "serve --models-config @file",
        "run @broken --input @file --output @tensors",
        "explain @broken @file --out @pictures",
        "synthesize sample @broken --out @grid.png",
        "evaluate @run",
        "resume @run",
        "export @run @model",
        "export-weights @file --out @w.safetensors",
        "faces verify @broken @filled --pairs @file",
        "faces align @filled --points @file --out @aligned",
        "faces identify @broken --probes @filled --distractors @filled",
        "faces embed @broken @filled --out @rows.csv",
        "train @recipe.json --out @r",
        "synthesize train @filled --out @r",
        "records @filled --out @shards"
      })
  void whatIsFoundInFilesIsAFailure(String line) throws IOException {
    List<Path> before = entries();
    CommandResult ran = run(line);
    assertThat(ran.exit()).as(ran.err()).isEqualTo(1);
    assertThat(ran.err()).startsWith("recal: ");
    assertThat(ran.err().lines()).hasSize(1);
    assertThat(entries()).isEqualTo(before);
  }

  /** The models are broken: outputs are tried before they are read. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "records @filled --out @filled",
        "train quickstart --out @filled",
        "launch --workers 2 -- train quickstart --out @filled",
        "train quickstart --out @file",
        "train quickstart --out @file/below",
        "quickstart --out @file/below",
        "detect quickstart --out @file/below",
        "train quickstart --out @r --export @file/below",
        "synthesize train @filled --out @r --export @file",
        "synthesize sample @broken --out @filled",
        "synthesize sample @broken --files @file/below",
        "synthesize interpolate @broken --frames @file",
        "explain @broken @file --out @file",
        "import resnet20-cifar @file --out @filled",
        "export @run @file/below/1",
        "synthesize lpips vgg16 @file --out @file/below",
        "style network vgg16 @file --out @file/below",
        "style apply @broken @file --out @filled",
        "style compare @file --content @filled --out @filled",
        "faces verify @broken @filled --pairs @file --out @filled",
        "faces align @filled --points @file --out @file",
        "faces identify @broken --probes @filled --distractors @filled --cache @file",
        "faces embed @broken @filled --out @filled/none/rows.npy",
        "study ablation quickstart --out @filled",
        "study pruning quickstart --out @file",
        "study sweep quickstart --grid training.epochs=1 --out @file/below",
        "prune @broken --out @file",
        "synthesize sample @broken --out /proc/grid.png",
        "synthesize mix @broken --force --out /dev/full",
        "explain @broken @file --out /proc/pictures",
        "train quickstart --out /proc/run",
        "train quickstart --out @r --export /proc/model",
        "train quickstart --out @run",
        "evaluate @run --picture @file/below.png",
        "evaluate @run --picture @filled",
        "export-weights @file --out @file/below.safetensors",
        "run @broken --input @file --output @file/below",
        "synthesize project @broken @file --out @filled",
        "synthesize evaluate @broken @filled --nearest @file/below.png"
      })
  void outputsAreTriedFirst(String line) throws IOException {
    List<Path> before = entries();
    CommandResult ran = run(line);
    assertThat(ran.exit()).as(ran.err()).isEqualTo(1);
    assertThat(ran.err())
        .containsPattern(
            "^recal: (Output |There is no directory |MODEL: |--export: |--out: |.*new or empty)");
    assertThat(ran.err().lines()).hasSize(1);
    assertThat(entries()).isEqualTo(before);
  }

  @Test
  void helpAndVersionSucceed() {
    assertThat(CommandResult.of("--version").exit()).isEqualTo(CommandLine.ExitCode.OK);
    assertThat(CommandResult.of("train", "--help").exit()).isEqualTo(CommandLine.ExitCode.OK);
  }
}
