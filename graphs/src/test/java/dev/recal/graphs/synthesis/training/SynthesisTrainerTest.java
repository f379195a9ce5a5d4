package dev.recal.graphs.synthesis.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.recal.graphs.logs.MetricsHistory;
import dev.recal.graphs.logs.TrainingLogs;
import dev.recal.graphs.synthesis.training.SynthesisTrial.Log;
import dev.recal.graphs.synthesis.training.SynthesisTrial.Stop;
import dev.recal.graphs.training.CheckpointDirectory;
import dev.recal.graphs.training.DivergenceException;
import dev.recal.ops.checkpoint.CheckpointIndex;
import dev.recal.ops.records.TfRecordReader;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.tensorflow.proto.Event;
import org.tensorflow.proto.Summary;

class SynthesisTrainerTest {

  @TempDir static Path shared;
  @TempDir Path directory;
  private static Path images;

  @BeforeAll
  static void write() throws IOException {
    images = SynthesisTrial.images(shared.resolve("images"), 6, 32, 32);
  }

  @ParameterizedTest
  @CsvSource({"1, slim", "2, sle"})
  void aRunThatWasStoppedEndsAtTheSameBits(int accumulation, String skip) throws IOException {
    SynthesisRecipe recipe =
        SynthesisTrial.recipe(
            images, "network.skip=" + skip, "training.accumulation=" + accumulation);
    Path whole = directory.resolve("whole");
    Path broken = directory.resolve("broken");
    Log log = new Log();
    SynthesisResult expected = SynthesisTrial.train(whole, recipe, log);

    Log stopping = new Log();
    stopping.stop = 2;
    assertThatThrownBy(() -> SynthesisTrial.train(broken, recipe, stopping))
        .isInstanceOf(Stop.class);
    Log going = new Log();
    SynthesisResult resumed = SynthesisTrial.train(broken, recipe, going);

    assertThat(going.messages).anyMatch(message -> message.endsWith("at step 2."));
    assertThat(resumed.steps()).isEqualTo(expected.steps()).isEqualTo(4);
    assertThat(SynthesisTrial.variables(broken, 4)).isEqualTo(SynthesisTrial.variables(whole, 4));
    assertThat(log.steps).hasSize(4);
    assertThat(log.steps.get(3).extras())
        .containsOnlyKeys(
            "adversarial", "reconstruction", "logit_real", "logit_made", "generator", "gradient");
    assertThat(going.steps.get(1).extras()).isEqualTo(log.steps.get(3).extras());
    requirePictures(whole);
  }

  private static void requirePictures(Path run) throws IOException {
    BufferedImage samples = ImageIO.read(run.resolve("samples/step-000000004.png").toFile());
    // Five images in three columns and two rows, two pixels apart.
    assertThat(samples.getWidth()).isEqualTo(3 * 34 - 2);
    assertThat(samples.getHeight()).isEqualTo(2 * 34 - 2);
    BufferedImage rebuilt =
        ImageIO.read(run.resolve("reconstructions/step-000000004.png").toFile());
    assertThat(rebuilt.getWidth()).isEqualTo(5 * 34 - 2);
    assertThat(samples.getRGB(5, 5)).isNotEqualTo(samples.getRGB(40, 5));
  }

  @Test
  void averagesAreOfTheGeneratorOnly() throws IOException {
    SynthesisTrial.train(directory, SynthesisTrial.recipe(images, "training.steps=1"), new Log());
    List<String> names = names(directory, 1);
    assertThat(names).anyMatch(name -> name.startsWith("average/generator/"));
    assertThat(names).noneMatch(name -> name.startsWith("average/discriminator/"));
    assertThat(names).noneMatch(name -> name.startsWith("accumulator/"));
    assertThat(names).anyMatch(name -> name.startsWith("optimiser/discriminator/decoder_part/"));
  }

  private static List<String> names(Path run, long step) throws IOException {
    Path checkpoint = run.resolve("checkpoints/step-%09d".formatted(step));
    return List.copyOf(
        CheckpointIndex.read(CheckpointDirectory.variables(checkpoint)).tensors().keySet());
  }

  @Test
  void weightsThatAreNoNumbersEndTheRunAndLeaveTheLastGoodCheckpoint() throws IOException {
    SynthesisRecipe wild = SynthesisTrial.recipe(images, "training.learningRate=1e38");

    assertThatThrownBy(() -> SynthesisTrial.train(directory, wild, new Log()))
        .isInstanceOf(DivergenceException.class)
        .hasMessageStartingWith("Training diverged at step ")
        .hasMessageContaining("are from before")
        .message()
        .doesNotContain("\n");
    assertThat(new CheckpointDirectory(directory.resolve("checkpoints"), 3).all())
        .containsExactly(directory.resolve("checkpoints/step-000000000"));

    SynthesisRecipe calm = SynthesisTrial.recipe(images, "training.steps=1");
    assertThat(SynthesisTrial.train(directory, calm, new Log()).steps()).isEqualTo(1);
  }

  /** One image that is no square, with transparency, beside a file that is none. */
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
    Log console = new Log();
    SynthesisResult result;
    try (TrainingLogs logs = new SynthesisRun(run, recipe).logs(console)) {
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
  void anotherRunsDirectoryIsRefused() throws IOException {
    Files.writeString(directory.resolve("notes.txt"), "mine");
    assertThatThrownBy(() -> SynthesisRun.create(directory, SynthesisTrial.recipe(images)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("is not empty");
    assertThatThrownBy(() -> SynthesisRun.open(directory))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("is not a synthesis run");
    Path free = directory.resolve("free");
    SynthesisRun made = SynthesisRun.create(free, SynthesisTrial.recipe(images));
    assertThat(SynthesisRun.open(free)).isEqualTo(made);
  }
}
