package dev.recal.tools;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import javax.imageio.ImageIO;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SynthesizeEvaluateCommandTest {

  private static final int REAL = 12;

  @TempDir private static Path directory;

  private static Path model;
  private static Path images;
  private static Path network;

  @BeforeAll
  static void makeModelsAndImages() throws IOException {
    model = TinyGenerator.write(directory.resolve("generator"));
    network = TinyModel.write(directory.resolve("network"));
    images = directory.resolve("images");
    CommandResult made =
        CommandResult.of(
            "synthesize", "sample", model, "--count", REAL, "--seed", 9, "--files", images);
    assertThat(made.exit()).as(made.err()).isZero();
  }

  @Test
  void reportsAllMetricsAndDrawsTheNearest() throws IOException {
    Path png = directory.resolve("near.png");
    Files.writeString(images.resolve("note.txt"), "no image");
    CommandResult ran = evaluate("--count", 10, "--nearest", png);
    assertThat(ran.exit()).as(ran.err()).isZero();
    assertThat(ran.out())
        .contains("stand-in", "not FID", "not KID", "precision", "recall")
        .contains("diversity of the samples", "near a real image by pixels at 32×32")
        .contains("12 images", "10 images", "seed 0");
    assertThat(ran.err()).contains("Skipped 1 file:").contains("note.txt");
    assertThat(ImageIO.read(png.toFile()).getWidth()).isGreaterThan(500);
    assertThat(evaluate("--count", 10, "--nearest", png).err()).contains("already exists");
  }

  @Test
  void measuresWithANetworkAndTheSameSeedRepeats() {
    Object[] arguments = {"--features", network, "--output", "stage3", "--json", "--count", 8};
    CommandResult ran = evaluate(arguments);
    assertThat(ran.exit()).as(ran.err()).isZero();
    JsonObject json = JsonParser.parseString(ran.out()).getAsJsonObject();
    JsonObject features = json.getAsJsonObject("features");
    assertThat(features.get("name").getAsString())
        .contains("network", "'stage3'", "'features'", "averaged");
    assertThat(features.get("dimensions").getAsInt()).isEqualTo(64);
    assertThat(features.get("resizing").getAsString()).contains("16×16", "0..1");
    assertThat(json.get("frechetName").getAsString()).isEqualTo("FID");
    assertThat(json.getAsJsonObject("reals").get("count").getAsInt()).isEqualTo(REAL);
    assertThat(json.getAsJsonObject("samples").get("count").getAsInt()).isEqualTo(8);
    JsonObject again = JsonParser.parseString(evaluate(arguments).out()).getAsJsonObject();
    assertThat(again.get("frechetDistance").getAsDouble())
        .isCloseTo(json.get("frechetDistance").getAsDouble(), Percentage.withPercentage(0.01));
    Object[] signed = Arrays.copyOf(arguments, arguments.length + 2);
    signed[arguments.length] = "--feature-range";
    signed[arguments.length + 1] = "-1..1";
    JsonObject other = JsonParser.parseString(evaluate(signed).out()).getAsJsonObject();
    assertThat(other.get("frechetDistance")).isNotEqualTo(json.get("frechetDistance"));
  }

  @Test
  void generatorAgainstItsOwnImagesHasPerfectMetrics() {
    CommandResult ran = evaluate("--count", REAL, "--seed", 9, "--json");
    JsonObject json = JsonParser.parseString(ran.out()).getAsJsonObject();
    assertThat(json.get("frechetDistance").getAsDouble()).isLessThan(1e-3);
    assertThat(json.get("precision").getAsDouble()).isEqualTo(1);
    JsonObject near = json.getAsJsonObject("nearest").getAsJsonObject("pixels");
    assertThat(near.get("nearShare").getAsDouble()).isEqualTo(1);
  }

  @Test
  void rejectsUnmeasurableInputs() throws IOException {
    assertRefused(2, "--count: expected at least 2", "--count", 1);
    assertRefused(2, "--k: expected fewer than the 3 generated images", "--count", 3);
    assertRefused(2, "--k", "--count", 9, "--k", 0);
    assertRefused(2, "--output: requires --features", "--output", "pool");
    assertRefused(2, "has several outputs", "--features", network);
    assertRefused(2, "has no signature", "--features", network, "--output", "pool");
    assertRefused(2, "there is no '0..2'", "--features", network, "--feature-range", "0..2");
    assertRefused(2, "there is no 'none'", "--features", network, "--signature", "none");
    assertRefused(2, "16×16", "--features", network, "--output", "stem", "--feature-size", 299);
    assertRefused(1, "no-network", "--features", directory.resolve("no-network"));
    assertRefused(2, "is not the directory of a run", "--all-checkpoints");
    Path one = Files.createDirectories(directory.resolve("one"));
    TinyModel.image(one.resolve("one.png"));
    CommandResult single = CommandResult.of("synthesize", "evaluate", model, one, "--count", 5);
    assertThat(single.exit()).isEqualTo(1);
    assertThat(single.err()).contains("DIR:", "expected at least 2 images", "but got 1");
    CommandResult missing =
        CommandResult.of("synthesize", "evaluate", model, directory.resolve("none"));
    assertThat(missing.exit()).isEqualTo(1);
    assertThat(missing.err()).contains("does not exist");
    CommandResult classifier = CommandResult.of("synthesize", "evaluate", network, images);
    assertThat(classifier.exit()).isEqualTo(2);
    assertThat(classifier.err()).contains("is not a generator");
  }

  private static void assertRefused(int exit, String sentence, Object... options) {
    CommandResult ran = evaluate(options);
    assertThat(ran.err()).contains(sentence);
    assertThat(ran.exit()).isEqualTo(exit);
  }

  private static CommandResult evaluate(Object... options) {
    List<Object> words = new ArrayList<>(List.of("synthesize", "evaluate", model, images));
    words.addAll(List.of(options));
    return CommandResult.of(words.toArray());
  }
}
