package dev.recal.tools.launch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.recal.graphs.task.RecipeJson;
import dev.recal.tools.Main;
import dev.recal.tools.console.UsageException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class TrainingArgumentsTest {

  private static final String RECIPE =
      "{\"name\": \"small\", \"network\": \"resnet20-cifar\", \"data\": {\"training\": {\"type\":"
          + " \"textures\"}}, \"training\": {\"batch\": 24}}";

  @TempDir private Path directory;

  private static LaunchedTraining read(Object... words) throws IOException {
    CommandLine main = Main.commandLine();
    // As when 'launch' runs: picocli reads a subcommand only after its parent.
    main.parseArgs("doctor");
    return new TrainingArguments(main.getSubcommands(), 2)
        .read(List.of(words).stream().map(Object::toString).toList());
  }

  @Test
  void trainResumesItsRunOnceThatIsThere() throws IOException {
    Path recipe = Files.writeString(directory.resolve("r.json"), RECIPE);
    Path run = directory.resolve("run");
    LaunchedTraining training =
        read("train", recipe, "--out", run, "--set", "training.batch=12", "--plain", "--smoke");
    // That of --smoke is the task's affair.
    assertThat(training.batch()).isEmpty();
    assertThat(training.arguments()).isEqualTo(training.first()).contains("--set", "--smoke");
    assertThat(training.newestStep()).isEmpty();
    Files.createDirectories(run.resolve("checkpoints/step-000000120"));
    Files.writeString(run.resolve("recipe.json"), RECIPE);
    assertThat(training.arguments())
        .containsExactly(
            "resume", run.toString(), "--plain", "--export", run.resolve("model").toString());
    assertThat(training.newestStep()).isEqualTo(OptionalLong.of(120));
  }

  @Test
  void workersShareADirectoryThatWasNotGiven() throws IOException {
    Path recipe = Files.writeString(directory.resolve("r.json"), RECIPE);
    LaunchedTraining training = read("train", recipe);
    assertThat(training.first())
        .containsExactly("train", recipe.toString(), "--out", training.run().toString());
    assertThat(training.run()).isEqualTo(Path.of("runs", "small"));
    assertThat(training.batch()).hasValue(24);
    assertThat(read("train", recipe, "--scale-batch").batch()).hasValue(48);
  }

  @Test
  void everyWayToResumeIsResumedAgain() throws IOException {
    Path run = Files.createDirectories(directory.resolve("run"));
    Files.writeString(
        run.resolve("recipe.json"), RecipeJson.write(RecipeJson.read(RECIPE, List.of())));
    assertThat(read("resume", run, "--set", "training.epochs=3").arguments())
        .containsExactly("resume", run.toString(), "--set", "training.epochs=3");
    for (LaunchedTraining training :
        List.of(read("train", run, "--strict"), read("train", "--resume", run, "--strict"))) {
      assertThat(training.arguments()).containsExactly("resume", run.toString(), "--strict");
      assertThat(training.batch()).hasValue(24);
    }
  }

  @Test
  void theClusterIsTheLaunchersToChoose() {
    assertThatThrownBy(() -> read("train", "quickstart", "--cluster=a:1"))
        .isInstanceOf(UsageException.class)
        .hasMessageContaining("expected no --cluster: the launcher chooses the cluster");
  }
}
