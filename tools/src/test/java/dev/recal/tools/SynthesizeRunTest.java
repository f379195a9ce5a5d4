package dev.recal.tools;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.recal.savedmodels.SavedModelReader;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** From a folder of unusual images to a served generator. */
class SynthesizeRunTest {

  @TempDir private static Path home;
  @TempDir private Path directory;

  private static Path run;
  private static CommandResult trained;

  @BeforeAll
  static void train() throws IOException {
    Path photos = Files.createDirectories(home.resolve("photos").resolve("some"));
    image(photos.resolve("grey.png"), 20, 50, BufferedImage.TYPE_BYTE_GRAY);
    image(photos.resolve("alpha.png"), 64, 64, BufferedImage.TYPE_INT_ARGB);
    Files.writeString(photos.resolve("broken.jpg"), "no image");
    run = home.resolve("run");
    trained = train(home.resolve("photos"), run, 2, List.of("--skip", "slim"));
  }

  private static CommandResult train(Path images, Path out, int steps, List<String> further) {
    List<Object> arguments = new ArrayList<>(List.of("synthesize", "train", images));
    arguments.addAll(further);
    arguments.addAll(List.of("--size", 32));
    arguments.addAll(List.of("--width", 4, "--batch", 4, "--steps", steps, "--out", out));
    for (String setting :
        List.of("averageBatches=1", "intervals.count=4", "intervals.checkpoint=1", "seed=5")) {
      arguments.addAll(List.of("--set", "training." + setting));
    }
    return CommandResult.of(arguments.toArray());
  }

  @Test
  void printsDataAndNextCommands() throws IOException {
    assertThat(trained.err()).isEmpty();
    assertThat(trained.exit()).isZero();
    assertThat(trained.out())
        .contains("Training a generator of 32×32 on 2 images of ")
        .contains("There are fewer images than the batch size 4")
        .contains("Skipped 1 file:", "broken.jpg")
        .contains("2 steps done", "synthesize sample " + run, "export " + run + " models/photos");
    assertThat(run.resolve("samples/step-000000002.png")).exists();
    assertThat(run.resolve("reconstructions/step-000000002.png")).exists();

    CommandResult strict =
        CommandResult.of(
            "synthesize",
            "train",
            home.resolve("photos"),
            "--size",
            32,
            "--strict",
            "--out",
            directory.resolve("strict"));
    assertThat(strict.err()).contains("broken.jpg").hasLineCount(1);
    assertThat(strict.exit()).isEqualTo(1);
  }

  @Test
  void oneImageIsEnoughForARecipe() {
    Path one = home.resolve("photos").resolve("some").resolve("alpha.png");
    CommandResult ran =
        train(
            one,
            directory.resolve("of-one"),
            1,
            List.of("--recipe", "../recipes/fewshot-sle.json"));
    assertThat(ran.err()).isEmpty();
    assertThat(ran.out()).contains("on 1 image of", "will learn nothing but this image");
  }

  @Test
  void runAndExportGenerateTheTrainingImages() throws IOException {
    Path model = directory.resolve("model");
    CommandResult exported = CommandResult.of("export", run, model);
    assertThat(exported.err()).isEmpty();
    assertThat(exported.out()).contains("step-000000002", "synthesize sample " + model);
    Path fromRun = directory.resolve("run.png");
    Path fromModel = directory.resolve("model.png");
    for (List<Path> pair : List.of(List.of(run, fromRun), List.of(model, fromModel))) {
      CommandResult ran =
          CommandResult.of(
              "synthesize", "sample", pair.get(0), "--seed", 5, "--count", 4, "--out", pair.get(1));
      assertThat(ran.err()).isEmpty();
    }
    byte[] shown = Files.readAllBytes(run.resolve("samples/step-000000002.png"));
    assertThat(Files.readAllBytes(fromRun)).isEqualTo(shown);
    assertThat(Files.readAllBytes(fromModel)).isEqualTo(shown);
    assertThat(CommandResult.of("verify", model).out())
        .contains("generate_seeded", "mix", "serving_default", "matches its golden outputs");

    JsonObject metadata = SavedModelReader.describe(model).metadata();
    assertThat(metadata.getAsJsonObject("recipe").get("task").getAsString()).isEqualTo("synthesis");
    assertThat(metadata.get("step").getAsLong()).isEqualTo(2);
    assertThat(metadata.get("imageSize").getAsInt()).isEqualTo(32);
    assertThat(metadata.get("multiplyAdds").getAsLong()).isPositive();
    assertThat(metadata.get("dataDigest").getAsString()).isNotEmpty();

    Path picture = directory.resolve("projected.png");
    Path z = directory.resolve("z.json");
    CommandResult projected =
        CommandResult.of(
            "synthesize",
            "project",
            model,
            home.resolve("photos/some/alpha.png"),
            "--steps",
            3,
            "--starts",
            2,
            "--candidates",
            4,
            "--out",
            picture,
            "--z",
            z);
    assertThat(projected.err()).isEmpty();
    assertThat(projected.out()).contains("Distance ", "random features", picture.toString());
    assertThat(ImageIO.read(picture.toFile()).getWidth()).isEqualTo(2 * 32 + 2);
    JsonObject found = JsonParser.parseString(Files.readString(z)).getAsJsonObject();
    assertThat(found.getAsJsonArray("z").get(0).getAsJsonArray()).hasSize(256);
    assertThat(found.get("distance").getAsDouble()).isPositive();
  }

  @Test
  void servingModelWithoutBatchingIsStarted() throws IOException {
    Path model = directory.resolve("served");
    CommandResult exported = CommandResult.of("export", run, model, "--serving");
    assertThat(exported.err()).isEmpty();
    assertThat(exported.out())
        .contains("Warm-up requests, all verified: 6", "--model_config_file=")
        .doesNotContain("--enable_batching");
    JsonObject request =
        JsonParser.parseString(Files.readString(model.resolve("requests/predict.json")))
            .getAsJsonObject();
    assertThat(request.get("signature_name").getAsString()).isEqualTo("generate_bytes");
  }

  @Test
  void rejectsInvalidSettings() throws IOException {
    Path photos = home.resolve("photos");
    assertRefused(2, "size: expected a power of two from 32", "train", photos, "--size", 48);
    assertRefused(2, "width: expected at least 1", "train", photos, "--size", 32, "--width", 0);
    assertRefused(2, "expected one of [NONE, SLE, SLIM]", "train", photos, "--skip", "some");
    assertRefused(2, "either DIR or --resume RUN", "train");
    assertRefused(2, "a run resumes with its own settings", "train", "--resume", run, "--steps", 5);
    assertRefused(
        2,
        "expected one of the task 'synthesis'",
        "train",
        photos,
        "--recipe",
        "../recipes/quickstart.json");
    assertRefused(
        2,
        "training.nothing: there is no such key",
        "train",
        photos,
        "--set",
        "training.nothing=1");
    assertRefused(1, "does not exist", "train", directory.resolve("nowhere"));
    Path missing = directory.resolve("unborn");
    assertRefused(
        1, "no-lpips", "train", photos, "--size", 32, "--lpips", "no-lpips", "--out", missing);
    assertThat(missing).doesNotExist();
    Path empty = Files.createDirectories(directory.resolve("empty"));
    assertRefused(1, "empty", "train", empty, "--size", 32, "--out", directory.resolve("x"));
    assertRefused(
        1,
        "is not a JPEG, PNG, GIF or BMP image",
        "project",
        run,
        photos.resolve("some/broken.jpg"),
        "--out",
        directory.resolve("p.png"));
    Path large = directory.resolve("large.png");
    image(large, 1001, 1000, BufferedImage.TYPE_BYTE_BINARY);
    assertRefused(
        1,
        "large.png is too large: expected at most 1,000,000 pixels, but got 1001×1000 pixels.",
        "project",
        run,
        large,
        "--max-pixels",
        1,
        "--out",
        directory.resolve("p.png"));
  }

  @Test
  void finishedRunIsUnchanged() throws IOException {
    byte[] shown = Files.readAllBytes(run.resolve("samples/step-000000002.png"));
    CommandResult resumed = CommandResult.of("train", "--resume", run);
    assertThat(resumed.err()).isEmpty();
    assertThat(resumed.out()).contains("training was already complete", "synthesize sample " + run);
    assertThat(Files.readAllBytes(run.resolve("samples/step-000000002.png"))).isEqualTo(shown);
  }

  private static void assertRefused(int exit, String sentence, Object... arguments) {
    Object[] all = new Object[arguments.length + 1];
    all[0] = "synthesize";
    System.arraycopy(arguments, 0, all, 1, arguments.length);
    CommandResult ran = CommandResult.of(all);
    assertThat(ran.err()).contains(sentence);
    assertThat(ran.exit()).isEqualTo(exit);
  }

  private static void image(Path file, int width, int height, int type) throws IOException {
    BufferedImage image = new BufferedImage(width, height, type);
    Graphics2D graphics = image.createGraphics();
    graphics.setColor(Color.ORANGE);
    graphics.fillOval(2, 2, width / 2, height / 2);
    graphics.dispose();
    ImageIO.write(image, "png", file.toFile());
  }
}
