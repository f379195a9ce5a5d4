package dev.recal.tools;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Images with several classes, and with numbers, from a file to predictions. */
class OutputKindsCommandTest {

  private static final String NETWORK =
      "--set=network={\"preset\":\"se-resnet20-cifar\",\"channels\":8,\"repeats\":[1,1,1]}";

  @TempDir private static Path directory;
  private static Path images;
  private static Path labels;
  private static Path numbers;

  // A bright channel is a class; the number is their sum.
  @BeforeAll
  static void write() throws IOException {
    images = Files.createDirectories(directory.resolve("images"));
    Random random = new Random(2);
    StringBuilder classes = new StringBuilder("image,labels\n");
    StringBuilder sums = new StringBuilder("image,brightness\n");
    List<String> names = List.of("red", "green", "blue");
    for (int i = 0; i < 72; i++) {
      List<String> present = new ArrayList<>();
      int rgb = 0;
      int sum = 0;
      for (String name : names) {
        boolean bright = random.nextBoolean();
        int value = random.nextInt(90) + (bright ? 160 : 0);
        rgb = rgb << 8 | value;
        sum += value;
        if (bright) {
          present.add(name);
        }
      }
      BufferedImage image = new BufferedImage(16, 16, BufferedImage.TYPE_INT_RGB);
      for (int place = 0; place < 256; place++) {
        image.setRGB(place % 16, place / 16, rgb);
      }
      ImageIO.write(image, "png", images.resolve(i + ".png").toFile());
      classes.append(i + ".png," + String.join(";", present) + "\n");
      sums.append(String.format(Locale.ROOT, "%d.png,%.1f%n", i, 1000 + 10.0 * sum));
    }
    labels = Files.writeString(images.resolve("labels.csv"), classes);
    numbers = Files.writeString(images.resolve("numbers.csv"), sums);
  }

  private static CommandResult train(Path run, String... more) {
    List<Object> words =
        new ArrayList<>(
            List.of(
                "train",
                "../recipes/photographs.json",
                "--images",
                images,
                "--out",
                run,
                "--plain",
                NETWORK,
                "--set=data.imageSize=16",
                "--set=data.augmentation=none",
                "--set=data.jitter={}",
                "--set=data.evaluationAugmentation=none",
                "--set=training.batch=8",
                "--set=training.learningRate.base=0.05"));
    words.addAll(Arrays.asList(more));
    return CommandResult.of(words.toArray());
  }

  @Test
  void severalClasses() throws IOException {
    Path run = directory.resolve("several");
    CommandResult trained = train(run, "--labels", labels.toString(), "--set=training.epochs=25");
    assertThat(trained.exit()).as(trained.err()).isZero();
    assertThat(trained.out()).contains("any of 3 classes");
    assertThat(run.resolve("judgement.json")).doesNotExist();

    CommandResult evaluated = CommandResult.of("evaluate", run);
    assertThat(evaluated.exit()).as(evaluated.err()).isZero();
    assertThat(evaluated.out()).containsPattern("class +images +precision +recall +F1 +AP\n");
    assertThat(evaluated.out()).containsPattern("blue +\\d+ +\\d\\.\\d{4}");
    CommandResult other = CommandResult.of("evaluate", run, "--images", labels, "--json");
    assertThat(other.exit()).as(other.err()).isZero();
    JsonObject metrics = JsonParser.parseString(other.out()).getAsJsonObject();
    assertThat(metrics.get("images").getAsInt()).isEqualTo(72);
    assertThat(metrics.get("mAP").getAsDouble()).isGreaterThan(0.95);
    assertThat(metrics.get("AP green").getAsDouble()).isGreaterThan(0.9);
    assertThat(CommandResult.of("evaluate", run, "--picture", directory.resolve("c.png")).err())
        .contains("expected images with one class each for a confusion matrix");

    assertThat(CommandResult.of("export", run).exit()).isZero();
    Path model = run.resolve("model");
    CommandResult described = CommandResult.of("inspect", model);
    assertThat(described.out()).contains("probabilities").doesNotContain("'classes'");
    JsonObject predicted =
        JsonParser.parseString(
                CommandResult.of("predict", model, images.resolve("0.png"), "--json").out())
            .getAsJsonObject();
    double sum = 0;
    for (var one :
        predicted.getAsJsonArray("images").get(0).getAsJsonObject().getAsJsonArray("classes")) {
      sum += one.getAsJsonObject().get("probability").getAsDouble();
      String name = one.getAsJsonObject().get("label").getAsString();
      boolean has = Files.readAllLines(labels).get(1).contains(name);
      assertThat(one.getAsJsonObject().get("probability").getAsDouble() > 0.5).isEqualTo(has);
    }
    // A softmax's would be 1.
    assertThat(Math.abs(sum - 1)).isGreaterThan(0.01);

    CommandResult pruned = CommandResult.of("prune", run);
    assertThat(pruned.exit()).isNotZero();
    assertThat(pruned.err()).contains("expected one for images with one class each");
    assertThat(CommandResult.of("export", run, "--optimise", "float32").err())
        .contains("--optimise: its forms are compared by one class for each image");
    CommandResult explained =
        CommandResult.of(
            "explain", run, images.resolve("1.png"), "--out", directory.resolve("explained"));
    assertThat(explained.exit()).as(explained.err()).isZero();
    CommandResult verified = CommandResult.of("verify", model);
    assertThat(verified.exit()).as(verified.err() + verified.out()).isZero();
  }

  @Test
  void numbers() throws IOException {
    Path run = directory.resolve("numbers");
    CommandResult trained = train(run, "--numbers", numbers.toString(), "--set=training.epochs=25");
    assertThat(trained.exit()).as(trained.err()).isZero();
    assertThat(trained.out()).contains("the numbers brightness");
    CommandResult evaluated = CommandResult.of("evaluate", run, "--json");
    JsonObject metrics = JsonParser.parseString(evaluated.out()).getAsJsonObject();
    assertThat(metrics.get("r2").getAsDouble()).isGreaterThan(0.7);
    assertThat(metrics.get("mae brightness").getAsDouble())
        .isEqualTo(metrics.get("mae").getAsDouble());

    assertThat(CommandResult.of("export", run).exit()).isZero();
    Path model = run.resolve("model");
    CommandResult predicted = CommandResult.of("predict", model, images.resolve("0.png"));
    assertThat(predicted.exit()).as(predicted.err()).isZero();
    assertThat(predicted.out()).containsPattern("0\\.png +brightness +\\d+");
    JsonObject answer =
        JsonParser.parseString(
                CommandResult.of("predict", model, images.resolve("0.png"), "--json").out())
            .getAsJsonObject();
    double value =
        answer
            .getAsJsonArray("images")
            .get(0)
            .getAsJsonObject()
            .getAsJsonObject("values")
            .get("brightness")
            .getAsDouble();
    double expected = Double.parseDouble(Files.readAllLines(numbers).get(1).split(",")[1]);
    assertThat(Math.abs(value - expected)).isLessThan(4 * metrics.get("rmse").getAsDouble() + 1);
    assertThat(CommandResult.of("predict", model, images.resolve("0.png"), "--top-k", "2").err())
        .contains("--top-k:", "answers with numbers");
    assertThat(
            CommandResult.of(
                    "explain", run, images.resolve("0.png"), "--out", directory.resolve("none"))
                .err())
        .contains("Grad-CAM explains a class, but it answers with numbers");
    CommandResult verified = CommandResult.of("verify", model);
    assertThat(verified.exit()).as(verified.err() + verified.out()).isZero();
    CommandResult resumed = CommandResult.of("resume", run, "--plain");
    assertThat(resumed.exit()).as(resumed.err()).isZero();
  }

  @Test
  void theFilesNeedAFolder() {
    CommandResult alone = CommandResult.of("train", "quickstart", "--labels", labels);
    assertThat(alone.exit()).isEqualTo(2);
    assertThat(alone.err()).contains("expected --images too");
    assertThat(
            train(directory.resolve("both"), "--labels", labels.toString(), "--numbers", "x").err())
        .contains("--labels: images have either classes or --numbers.");
  }
}
