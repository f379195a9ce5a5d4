package dev.recal.graphs.task;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.gson.JsonObject;
import dev.recal.graphs.classification.ClassificationRecipe;
import dev.recal.graphs.classification.PreparedClassification;
import dev.recal.graphs.cluster.Workers;
import dev.recal.graphs.data.TestImages;
import dev.recal.graphs.logs.StepReport;
import dev.recal.graphs.logs.TrainingLog;
import dev.recal.graphs.training.CheckpointException;
import dev.recal.graphs.training.StopSignal;
import dev.recal.graphs.training.TrainingOutcome;
import dev.recal.graphs.training.TrainingStoppedException;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A run's directory belongs to one process, one recipe and one path. */
class RunDirectoryTest {

  private static final String RECIPE =
      """
      {"name": "tiny", "network": {"preset": "resnet20-cifar", "repeats": [1, 1, 1], "width": 0.125},
       "data": {"training": {"type": "textures", "perClass": 2, "size": 8},
                "evaluation": {"type": "textures", "split": "test", "perClass": 1, "size": 8},
                "imageSize": 8, "augmentation": {"type": "pad-crop-flip", "padding": 1}},
       "training": {"batch": 10, "steps": 6, "threads": 1, "average": 0.9, "averageBatches": 1,
                    "checkpoints": {"everySteps": 1}}}
      """;

  @TempDir Path directory;

  /** Acts before a step is reported. */
  private record ActionLog(long step, Action action) implements TrainingLog {

    interface Action {
      void run() throws IOException;
    }

    @Override
    public void step(StepReport report) {
      if (report.step() == step) {
        try {
          action.run();
        } catch (IOException failure) {
          throw new UncheckedIOException(failure);
        }
      }
    }

    @Override
    public void close() {}
  }

  private static ClassificationRecipe recipe(String... overrides) {
    return RecipeJson.read(RECIPE, List.of(overrides), ClassificationRecipe.class);
  }

  private static PreparedTraining<ClassificationRecipe> prepared(String... overrides)
      throws IOException {
    ClassificationRecipe recipe = recipe(overrides);
    return Tasks.of(recipe).prepare(recipe, true);
  }

  private static byte[] last(Path run) throws IOException {
    return Files.readAllBytes(
        run.resolve("checkpoints/step-000000006/variables.data-00000-of-00001"));
  }

  @Test
  void damagedRecipeIsReportedWithItsFile() throws IOException {
    Path file = Files.writeString(directory.resolve("recipe.json"), "{\n\"name\": \"x\",\n}");
    String damaged = "File " + file + ": ";
    assertThatThrownBy(() -> RunDirectory.open(directory))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            damaged
                + "line 2, column 12: this is not JSON: remove the comma after the last value.");
    Files.writeString(file, "{\"task\": \"classificatoin\"}");
    assertThatThrownBy(() -> RunDirectory.isAt(directory, ClassificationRecipe.class))
        .hasMessageStartingWith(damaged);
    Files.write(file, new byte[] {(byte) 0xff, (byte) 0xfe, '{', 0});
    assertThatThrownBy(() -> RunDirectory.open(directory))
        .isInstanceOf(IOException.class)
        .hasMessage("File " + file + ": expected UTF-8 text, but it is UTF-16; save it as UTF-8.");
    assertThatThrownBy(() -> RunDirectory.open(file))
        .hasMessage("run: expected the directory of a run, but got " + file + ".");
  }

  @Test
  void secondTrainerOfARunIsRejected() throws IOException {
    try (PreparedTraining<ClassificationRecipe> training = prepared()) {
      RunDirectory<ClassificationRecipe> run = RunDirectory.create(directory, training);
      run.train(
          training,
          new ActionLog(
              2,
              () ->
                  assertThatThrownBy(() -> run.resume(training, new TrainingLog.Silent()))
                      .isInstanceOf(IOException.class)
                      .hasMessage(
                          "The run %s is being trained by another process; wait for it, or stop it"
                              + " first.",
                          directory)));
      assertThat(run.resume(training, new TrainingLog.Silent()).steps()).isEqualTo(6);
    }
  }

  @Test
  void invalidFilesOfARunAreNamed() throws IOException {
    EvaluationRequest request =
        new EvaluationRequest(Optional.empty(), Optional.empty(), Optional.empty(), false);
    try (PreparedTraining<ClassificationRecipe> training = prepared("training.steps=1")) {
      RunDirectory<ClassificationRecipe> run = RunDirectory.create(directory, training);
      run.train(training, new TrainingLog.Silent());
      Path labels = directory.resolve("labels.txt");
      Files.writeString(labels, Files.readString(labels).replace("grass", "gras"));
      assertThatThrownBy(() -> run.task().evaluate(run, request))
          .hasMessageContaining("has unexpected classes: grass; expected ")
          .hasMessageEndingWith(", as in " + labels + ".");
    }
    Path recipe = directory.resolve("recipe.json");
    Files.writeString(recipe, Files.readString(recipe).replace("\"steps\"", "\"stepps\""));
    assertThatThrownBy(() -> RunDirectory.open(directory))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("File " + recipe + ": training.stepps: there is no such key.");
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void movedOrDeletedRunStopsAndIsNotRecreated(boolean moves) throws IOException {
    Path place = directory.resolve("run");
    Path elsewhere = directory.resolve("elsewhere");
    try (PreparedTraining<ClassificationRecipe> training = prepared()) {
      RunDirectory<ClassificationRecipe> run = RunDirectory.create(place, training);
      ActionLog.Action action = moves ? () -> Files.move(place, elsewhere) : () -> deleteAll(place);
      assertThatThrownBy(() -> run.train(training, new ActionLog(3, action)))
          .isInstanceOf(CheckpointException.class)
          .hasMessageContaining(place.resolve("checkpoints").toString())
          .hasMessageContaining("was moved, deleted or replaced");
      assertThat(place).doesNotExist();
      if (moves) {
        RunDirectory<ClassificationRecipe> moved =
            RunDirectory.open(elsewhere, ClassificationRecipe.class);
        assertThat(moved.resume(training, new TrainingLog.Silent()).steps()).isEqualTo(6);
      }
    }
  }

  private static void deleteAll(Path root) throws IOException {
    try (Stream<Path> walk = Files.walk(root)) {
      for (Path path : walk.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(path);
      }
    }
  }

  /** Between the first file of a run and its first checkpoint. */
  @Test
  void startThatWasKilledIsRepeatedOrResumed() throws IOException {
    Files.writeString(directory.resolve(".recipe.json.1f.recal-tmp"), "{");
    try (PreparedTraining<ClassificationRecipe> training = prepared("training.steps=1")) {
      RunDirectory.create(directory, training);
      assertThatThrownBy(() -> RunDirectory.create(directory, training))
          .hasMessageContaining("is not empty; choose another one, or resume the run.");
      Path labels = directory.resolve("labels.txt");
      String names = Files.readString(labels);
      Files.delete(labels);
      RunDirectory<ClassificationRecipe> run =
          RunDirectory.open(directory, ClassificationRecipe.class);
      assertThat(run.resume(training, new TrainingLog.Silent()).steps()).isEqualTo(1);
      assertThat(labels).hasContent(names);
      Files.delete(labels);
      assertThatThrownBy(() -> RunDirectory.open(directory))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("labels.txt");
    }
  }

  @Test
  void stoppedRunResumesBitIdentically() throws IOException {
    Path whole = directory.resolve("whole");
    Path stopped = directory.resolve("stopped");
    String rarely = "training.checkpoints={\"everyEpochs\": 100}";
    try (PreparedTraining<ClassificationRecipe> training = prepared(rarely)) {
      RunDirectory.create(whole, training).train(training, new TrainingLog.Silent());
      RunDirectory<ClassificationRecipe> run = RunDirectory.create(stopped, training);
      StopSignal signal = new StopSignal();
      assertThatThrownBy(
              () ->
                  run.train(training, new ActionLog(3, signal::request), signal, Workers.single()))
          .isInstanceOf(TrainingStoppedException.class)
          .hasMessage("Training was stopped at step 3, where its checkpoint is.");
      assertThat(stopped.resolve("checkpoints/step-000000003")).isDirectory();
      assertThat(RunProgress.ofUnfinished(run)).hasValue(new RunProgress(3, 6));
      TrainingOutcome outcome = run.resume(training, new TrainingLog.Silent());
      assertThat(RunProgress.ofUnfinished(run)).isEmpty();
      assertThat(outcome.steps()).isEqualTo(6);
      assertThat(last(stopped)).isEqualTo(last(whole));
    }
  }

  @Test
  void aRunThatStoppedEarlyIsFinished() throws IOException {
    // No accuracy is better by 0.99, so the first review without a better one is the second.
    String[] settings = {
      "training.patience=1", "training.minDelta=0.99", "training.evaluateEvery=1"
    };
    try (PreparedTraining<ClassificationRecipe> training = prepared(settings)) {
      RunDirectory<ClassificationRecipe> run = RunDirectory.create(directory, training);
      assertThat(RunProgress.ofUnfinished(run)).isEmpty();
      assertThat(run.train(training, new TrainingLog.Silent()).steps()).isEqualTo(4);
      assertThat(RunProgress.ofUnfinished(run)).isEmpty();
      RunDirectory<ClassificationRecipe> patient =
          run.changed(List.of("training.patience=3"), Optional.empty());
      assertThat(RunProgress.ofUnfinished(patient)).hasValue(new RunProgress(4, 6));
    }
  }

  @Test
  void onlyAllowedSettingsChangeOnResume() throws IOException {
    RunDirectory<ClassificationRecipe> run;
    try (PreparedTraining<ClassificationRecipe> training = prepared("training.steps=2")) {
      run = RunDirectory.create(directory, training);
      run.train(training, new TrainingLog.Silent());
    }
    assertThatThrownBy(() -> run.changed(List.of("network.width=0.25"), Optional.empty()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("were trained with another network.width;")
        .hasMessageContaining("steps, epochs");
    assertThatThrownBy(
            () -> run.changed(List.of("training.batch=5", "training.seed=2"), Optional.empty()))
        .hasMessageContaining("another training.batch, training.seed;");

    RunDirectory<ClassificationRecipe> longer =
        run.changed(List.of("training.steps=6", "training.evaluateEvery=2"), Optional.empty());
    assertThat(RunDirectory.open(directory, ClassificationRecipe.class)).isEqualTo(longer);
    try (PreparedTraining<ClassificationRecipe> training = longer.prepare(true)) {
      assertThat(longer.resume(training, new TrainingLog.Silent()).steps()).isEqualTo(6);
    }

    // Edited by hand.
    Path file = directory.resolve("recipe.json");
    Files.writeString(file, Files.readString(file).replace("\"width\": 0.125", "\"width\": 0.5"));
    RunDirectory<ClassificationRecipe> edited =
        RunDirectory.open(directory, ClassificationRecipe.class);
    try (PreparedTraining<ClassificationRecipe> training = edited.prepare(true)) {
      assertThatThrownBy(() -> edited.resume(training, new TrainingLog.Silent()))
          .hasMessageContaining("were trained with another network.width;");
    }
    // An earlier checkpoint without a recipe still names the variables.
    try (Stream<Path> all = Files.list(directory.resolve("checkpoints"))) {
      for (Path checkpoint : all.toList()) {
        Files.delete(checkpoint.resolve("recipe.json"));
        Path state = checkpoint.resolve("state.json");
        Files.writeString(
            state,
            Files.readString(state)
                .replaceAll("(?s)\\{\\s*\"name\": \"recipe.json\",\\s*\"bytes\": \\d+\\s*},", ""));
      }
    }
    try (PreparedTraining<ClassificationRecipe> training = edited.prepare(true)) {
      assertThatThrownBy(() -> edited.resume(training, new TrainingLog.Silent()))
          .isInstanceOf(CheckpointException.class)
          .hasMessageContaining("contains the variables of another network or optimiser: ");
    }
  }

  @Test
  void movedDataIsFoundBelowADirectory() throws IOException {
    Path images = directory.resolve("old/photos");
    for (String kind : List.of("a", "b")) {
      Files.createDirectories(images.resolve(kind));
    }
    Path there = directory.resolve("new");
    JsonObject json =
        RecipeJson.object(
            recipe(
                "data.evaluation=null",
                "data.training={\"type\": \"image-folder\", \"root\": \"" + images + "\"}"));
    assertThat(MovedData.find(json, there)).isEqualTo(json);
    Files.createDirectories(there);
    Files.move(images, there.resolve("photos"));
    assertThat(
            MovedData.find(json, there)
                .getAsJsonObject("data")
                .getAsJsonObject("training")
                .get("root")
                .getAsString())
        .isEqualTo(there.resolve("photos").toString());
    assertThatThrownBy(() -> MovedData.find(json, directory.resolve("old")))
        .hasMessageContaining("data: expected photos or a longer end of");
  }

  @Test
  void imagesReplacedByOthersOfTheirNamesAndSizesAreTold() throws IOException {
    Path images = directory.resolve("images");
    for (String kind : List.of("a", "b")) {
      for (int number = 0; number < 4; number++) {
        draw(images.resolve(kind + "/" + number + ".bmp"), number);
      }
    }
    Path place = directory.resolve("run");
    String[] settings = {
      "data.evaluation=null",
      "data.training={\"type\": \"image-folder\", \"root\": \"" + images + "\"}",
      "training.batch=2",
      "training.steps=1"
    };
    RunDirectory<ClassificationRecipe> run;
    String earlier;
    try (PreparedTraining<ClassificationRecipe> training = prepared(settings)) {
      earlier = ((PreparedClassification) training).data().training().earlierDigests().get(0);
      run = RunDirectory.create(place, training);
      run.train(training, new TrainingLog.Silent());
    }
    for (int number = 0; number < 4; number++) {
      draw(images.resolve("a/" + number + ".bmp"), 10 + number);
    }
    try (PreparedTraining<ClassificationRecipe> training = run.prepare(true)) {
      assertThatThrownBy(() -> run.resume(training, new TrainingLog.Silent()))
          .isInstanceOf(CheckpointException.class)
          .hasMessageContaining("was trained on other data than " + images);
      // A checkpoint of a version that did not compare contents.
      for (Path checkpoint : run.checkpoints().all()) {
        Path state = checkpoint.resolve("state.json");
        Files.writeString(
            state,
            Files.readString(state)
                .replaceAll("\"dataDigest\": \"\\w+", "\"dataDigest\": \"" + earlier));
      }
      assertThat(run.resume(training, new TrainingLog.Silent()).steps()).isEqualTo(1);
    }
  }

  private static void draw(Path file, int seed) throws IOException {
    BufferedImage image = TestImages.image(8, 8, BufferedImage.TYPE_3BYTE_BGR, seed);
    TestImages.write(file, TestImages.encode(image, "bmp"));
  }
}
