package dev.recal.graphs.synthesis.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.recal.graphs.logs.MetricsHistory;
import dev.recal.graphs.logs.TrainingLogs;
import dev.recal.graphs.task.Recipe;
import dev.recal.graphs.task.RunDirectory;
import dev.recal.graphs.task.StartingWeights;
import dev.recal.graphs.training.CheckpointDirectory;
import dev.recal.graphs.training.DivergenceException;
import dev.recal.graphs.training.RecordingLog;
import dev.recal.graphs.training.TrainingOutcome;
import dev.recal.ops.records.TfRecordReader;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import javax.imageio.ImageIO;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tensorflow.Graph;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.op.Ops;
import org.tensorflow.proto.Event;
import org.tensorflow.proto.Summary;
import org.tensorflow.types.TFloat32;

class SynthesisTrainerTest {

  @TempDir static Path shared;
  @TempDir Path directory;
  private static Path images;

  @BeforeAll
  static void write() throws IOException {
    images = SynthesisTrial.images(shared.resolve("images"), 6, 32, 32);
  }

  @Test
  void nonFiniteWeightsAbortTheRunAndKeepTheLastGoodCheckpoint() throws IOException {
    SynthesisRecipe diverging = SynthesisTrial.recipe(images, "training.learningRate=1e38");

    assertThatThrownBy(() -> SynthesisTrial.train(directory, diverging, new RecordingLog()))
        .isInstanceOf(DivergenceException.class)
        .hasMessageStartingWith("Training diverged at step ")
        .hasMessageContaining("are from before")
        .message()
        .doesNotContain("\n");
    assertThat(new CheckpointDirectory(directory.resolve("checkpoints"), 3).all())
        .containsExactly(directory.resolve("checkpoints/step-000000000"));

    SynthesisRecipe calm = SynthesisTrial.recipe(images, "training.steps=1");
    assertThat(SynthesisTrial.train(directory, calm, new RecordingLog()).steps()).isEqualTo(1);
  }

  /** One non-square image with transparency, next to a file that is not an image. */
  @Test
  void oneImageOfAnyShapeIsEnoughForARun() throws IOException {
    Path folder = Files.createDirectories(directory.resolve("one/inner"));
    ImageIO.write(
        SynthesisTrial.image(9, 50, BufferedImage.TYPE_INT_ARGB, 1),
        "png",
        folder.resolve("only.png").toFile());
    Files.writeString(folder.resolve("broken.jpg"), "no image");
    SynthesisRecipe recipe = SynthesisTrial.recipe(folder.getParent(), "training.steps=2");
    Path run = directory.resolve("run");
    RecordingLog console = new RecordingLog();
    TrainingOutcome result;
    try (PreparedSynthesis prepared = PreparedSynthesis.open(recipe, false);
        TrainingLogs logs = TrainingLogs.inDirectory(run, console, prepared.curves())) {
      result = SynthesisTrial.train(run, recipe, logs);
      assertThat(logs.failures()).isEmpty();
    }
    assertThat(result.steps()).isEqualTo(2);
    assertThat(console.messages)
        .contains(
            "Smaller than 32×32 pixels and therefore enlarged: 1 of 1 images; the upscaling blur"
                + " will be learned.");
    assertThat(MetricsHistory.read(run.resolve("metrics.jsonl")).steps()).hasSize(2);
    assertThat(ImageIO.read(run.resolve("curves.png").toFile()).getWidth()).isEqualTo(1280);
    requireEventImages(run);
  }

  private static void requireEventImages(Path run) throws IOException {
    Path events;
    try (var files = Files.list(run.resolve(TrainingLogs.TENSORBOARD_DIRECTORY))) {
      events = files.findFirst().orElseThrow();
    }
    List<String> tags = new ArrayList<>();
    try (TfRecordReader records = TfRecordReader.open(events)) {
      for (Optional<byte[]> record = records.next(); record.isPresent(); record = records.next()) {
        for (Summary.Value value : Event.parseFrom(record.get()).getSummary().getValueList()) {
          if (value.hasImage()) {
            assertThat(value.getImage().getHeight()).isPositive();
            byte[] png = value.getImage().getEncodedImageString().toByteArray();
            assertThat(ImageIO.read(new ByteArrayInputStream(png)).getHeight())
                .isEqualTo(value.getImage().getHeight());
            tags.add(value.getTag());
          }
        }
      }
    }
    assertThat(tags).containsExactly("samples", "reconstructions");
  }

  @Test
  void rejectsDirectoryOfAnotherRun() throws IOException {
    Files.writeString(directory.resolve("notes.txt"), "mine");
    SynthesisRecipe recipe = SynthesisTrial.recipe(images);
    try (PreparedSynthesis prepared = PreparedSynthesis.open(recipe, false)) {
      assertThatThrownBy(() -> RunDirectory.create(directory, prepared))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("is not empty");
      assertThatThrownBy(() -> RunDirectory.open(directory))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("is not a run: it has no recipe.json.");
      Path free = directory.resolve("free");
      RunDirectory<SynthesisRecipe> made = RunDirectory.create(free, prepared);
      assertThat(RunDirectory.open(free, SynthesisRecipe.class)).isEqualTo(made);
      assertThatThrownBy(() -> RunDirectory.open(free, ClassificationLike.class))
          .hasMessageContaining("is a run of the task 'synthesis', not of");
    }
  }

  private record ClassificationLike(String name) implements Recipe {
    @Override
    public Recipe at(Path base) {
      return this;
    }
  }

  /** Settings that classifiers also have: a schedule, clipping, decay and initial weights. */
  @Test
  @Tag("slow")
  void aRunStartsFromTheWeightsOfAnother() throws IOException {
    Path first = directory.resolve("first");
    SynthesisRecipe recipe =
        SynthesisTrial.recipe(
            images,
            "training.learningRate.schedule=cosine",
            "training.clipNorm=0.5",
            "training.weightDecay.rate=1e-4",
            "training.steps=2");
    RecordingLog log = new RecordingLog();
    try (PreparedSynthesis prepared = PreparedSynthesis.open(recipe, false)) {
      RunDirectory.create(first, prepared).train(prepared, log);
    }
    assertThat(log.steps.get(0).learningRate()).isEqualTo(2e-4, Offset.offset(1e-9));
    assertThat(log.steps.get(1).learningRate()).isEqualTo(1e-4, Offset.offset(1e-9));

    Path second = directory.resolve("second");
    SynthesisTrial.train(
        second, recipe.withWeights(new StartingWeights(first, false)), new RecordingLog());
    assertThat(weights(second, 0)).isEqualTo(weights(first, 2));
    assertThatThrownBy(() -> recipe.withWeights(new StartingWeights(first, true)))
        .hasMessageContaining("newHead: expected false");
  }

  // Of both networks, without counters, slots and averages.
  private static Map<String, List<Float>> weights(Path run, long step) throws IOException {
    Path checkpoint = run.resolve("checkpoints/step-%09d".formatted(step));
    Map<String, List<Float>> found = new TreeMap<>();
    try (Graph graph = new Graph();
        Session session = new Session(graph)) {
      Ops tf = Ops.create(graph);
      for (String name : SynthesisTrial.names(run, step)) {
        if (name.startsWith("generator/") || name.startsWith("discriminator/")) {
          var value =
              tf.train.restore(
                  tf.constant(CheckpointDirectory.variables(checkpoint)),
                  tf.array(name),
                  tf.array(""),
                  List.of(TFloat32.class));
          try (Result result = session.runner().fetch(value.op().output(0)).run()) {
            List<Float> values = new ArrayList<>();
            ((TFloat32) result.get(0)).scalars().forEach(v -> values.add(v.getFloat()));
            found.put(name, values);
          }
        }
      }
    }
    return found;
  }

  @Test
  @Tag("slow")
  void patienceStopsRunOfGrowingDistance() throws IOException {
    SynthesisRecipe recipe =
        SynthesisTrial.recipe(
            images,
            "training.patience=1",
            "training.steps=40",
            "training.intervals.samples=1",
            "training.intervals.checkpoint=40");
    RecordingLog log = new RecordingLog();

    TrainingOutcome outcome = SynthesisTrial.train(directory, recipe, log);

    assertThat(outcome.stoppedEarly()).isTrue();
    assertThat(outcome.steps()).isLessThan(40);
    assertThat(log.messages).anyMatch(m -> m.startsWith("Fréchet distance of the stand-in"));
    assertThat(log.messages).anyMatch(m -> m.startsWith("Stopped early at step "));
    assertThat(outcome.bestScore()).isNotEmpty();
    RecordingLog again = new RecordingLog();
    assertThat(SynthesisTrial.train(directory, recipe, again).steps()).isEqualTo(outcome.steps());
    assertThat(again.steps).isEmpty();
  }
}
