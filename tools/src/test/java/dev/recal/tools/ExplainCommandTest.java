package dev.recal.tools;

import static org.assertj.core.api.Assertions.assertThat;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ExplainCommandTest {

  @TempDir private Path directory;

  @Test
  void drawsForARunAndForItsExport() throws IOException {
    Path run = directory.resolve("run");
    CommandResult trained =
        CommandResult.of(
            "train",
            "../recipes/quickstart.json",
            "--out",
            run,
            "--plain",
            "--set",
            "network.repeats=[1,1,1]",
            "--set",
            "training.epochs=1",
            "--set",
            "data.training.perClass=24",
            "--set",
            "training.batch=48");
    assertThat(trained.exit()).as(trained.err()).isZero();
    Path model = directory.resolve("model");
    assertThat(CommandResult.of("export", run, model).exit()).isZero();
    Path images = Files.createDirectories(directory.resolve("images"));
    TinyModel.image(images.resolve("one.png"));
    TinyModel.image(images.resolve("two.png"));
    Files.writeString(images.resolve("note.txt"), "no image");

    Path fromRun = directory.resolve("a");
    CommandResult ran =
        CommandResult.of("explain", run, images, "--out", fromRun, "--pictures", "1");
    assertThat(ran.exit()).as(ran.err()).isZero();
    assertThat(ran.err()).contains("skipped").contains("note.txt");
    assertThat(fromRun).isDirectoryContaining("glob:**one-gradcam.png");
    assertThat(fromRun).isDirectoryContaining("glob:**gates.png");
    assertThat(fromRun).isDirectoryNotContaining("glob:**two-gradcam.png");

    Path fromModel = directory.resolve("b");
    CommandResult again =
        CommandResult.of("explain", model, images.resolve("one.png"), "--out", fromModel);
    assertThat(again.exit()).as(again.err()).isZero();
    assertThat(Files.readAllBytes(fromModel.resolve("one-gradcam.png")))
        .isEqualTo(Files.readAllBytes(fromRun.resolve("one-gradcam.png")));

    CommandResult unknown = CommandResult.of("explain", model, images, "--class", "none");
    assertThat(unknown.exit()).isEqualTo(2);
    assertThat(unknown.err()).contains("--class");
    CommandResult none =
        CommandResult.of("explain", model, images.resolve("note.txt"), "--out", fromModel);
    assertThat(none.exit()).isEqualTo(1);
    assertThat(none.err()).contains("None of the files is an image");
    Path large = directory.resolve("large.png");
    ImageIO.write(
        new BufferedImage(1001, 1000, BufferedImage.TYPE_BYTE_BINARY), "png", large.toFile());
    assertThat(
            CommandResult.of("explain", model, large, "--out", fromModel, "--max-pixels", 1).err())
        .contains("it is too large: expected at most 1,000,000 pixels, but got 1001×1000 pixels.");
  }

  @Test
  void rejectsModelWithoutRecipe() throws IOException {
    Path model = TinyModel.write(directory.resolve("tiny"));
    Path image = TinyModel.image(directory.resolve("one.png"));
    CommandResult ran =
        CommandResult.of("explain", model, image, "--out", directory.resolve("out"));
    assertThat(ran.exit()).isEqualTo(2);
    assertThat(ran.err()).contains("was not exported by Recal");
  }
}
