package dev.recal.graphs.synthesis.training;

import static org.assertj.core.api.Assertions.assertThat;

import dev.recal.graphs.training.RecordingLog;
import dev.recal.graphs.training.TrainingOutcome;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A stopped and resumed synthesis run, and its files. */
class SynthesisResumeTest {

  @TempDir private Path directory;

  @Test
  void stoppedRunResumesBitIdentically() throws IOException {
    requireStoppedRunResumes(2, "slim");
  }

  @Test
  @Tag("slow")
  void stoppedRunOfTheOtherFormResumesBitIdentically() throws IOException {
    requireStoppedRunResumes(1, "sle");
  }

  private void requireStoppedRunResumes(int accumulation, String skip) throws IOException {
    Path images = SynthesisTrial.images(directory.resolve("images"), 6, 32, 32);
    SynthesisRecipe recipe =
        SynthesisTrial.recipe(
            images, "network.skip=" + skip, "training.accumulation=" + accumulation);
    Path whole = directory.resolve("whole");
    Path broken = directory.resolve("broken");
    // What a kill in the third step leaves behind.
    RecordingLog log = new RecordingLog().copying(3, whole, broken);
    TrainingOutcome expected = SynthesisTrial.train(whole, recipe, log);

    RecordingLog resumeLog = new RecordingLog();
    TrainingOutcome resumed = SynthesisTrial.train(broken, recipe, resumeLog);

    assertThat(resumeLog.messages).anyMatch(message -> message.endsWith("at step 2."));
    assertThat(resumed.steps()).isEqualTo(expected.steps()).isEqualTo(4);
    assertThat(SynthesisTrial.variables(broken, 4)).isEqualTo(SynthesisTrial.variables(whole, 4));
    assertThat(log.steps).hasSize(4);
    assertThat(log.steps.get(3).extras())
        .containsOnlyKeys(
            "adversarial", "reconstruction", "logit_real", "logit_made", "generator", "gradient");
    assertThat(resumeLog.steps.get(1).extras()).isEqualTo(log.steps.get(3).extras());
    requirePictures(whole);
    requireAveragesOfTheGeneratorOnly(whole);
    assertThat(
            SynthesisTrial.names(whole, 4).stream()
                .anyMatch(name -> name.startsWith("accumulator/")))
        .isEqualTo(accumulation > 1);
  }

  /** Checkpoints by time come at other steps in every run. */
  @Test
  @Tag("slow")
  void checkpointsChangeNothing() throws IOException {
    Path images = SynthesisTrial.images(directory.resolve("images"), 4, 32, 32);
    Path some = directory.resolve("some");
    Path many = directory.resolve("many");
    SynthesisTrial.train(some, SynthesisTrial.recipe(images), new RecordingLog());
    SynthesisTrial.train(
        many, SynthesisTrial.recipe(images, "training.intervals.checkpoint=1"), new RecordingLog());
    assertThat(SynthesisTrial.variables(many, 4)).isEqualTo(SynthesisTrial.variables(some, 4));
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

  private static void requireAveragesOfTheGeneratorOnly(Path run) throws IOException {
    List<String> names = SynthesisTrial.names(run, 4);
    assertThat(names).anyMatch(name -> name.startsWith("average/generator/"));
    assertThat(names).noneMatch(name -> name.startsWith("average/discriminator/"));
    assertThat(names).anyMatch(name -> name.startsWith("optimiser/discriminator/decoder_part/"));
  }
}
