package dev.recal.tools;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import dev.recal.savedmodels.Predictor;
import dev.recal.savedmodels.SavedModelReader;
import dev.recal.savedmodels.tensor.TensorValue;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code export --optimise} on a run of a few steps. */
class OptimisedExportTest {

  private static final Path RECIPE = Path.of("..", "recipes", "quickstart.json");

  @TempDir private static Path shared;
  private static Path run;
  private static Path plain;

  @TempDir private Path directory;

  @BeforeAll
  static void train() {
    run = shared.resolve("run");
    CommandResult ran =
        CommandResult.of(
            "train",
            RECIPE,
            "--smoke",
            "--plain",
            "--out",
            run,
            "--set",
            "network.repeats=[1,1,1]");
    assertThat(ran.exit()).as(ran.err()).isZero();
    plain = run.resolve("model");
  }

  @ParameterizedTest
  @ValueSource(strings = {"float32", "bfloat16"})
  void agreesWithThePlainModelAndReportsIt(String form) throws IOException {
    Path model = directory.resolve(form);
    CommandResult ran =
        CommandResult.of("export", run, model, "--optimise", form, "--min-agreement", "0.5");
    assertThat(ran.exit()).as(ran.err()).isZero();
    assertThat(ran.out())
        .contains("Optimised (" + form + "): 9 of 9 batch norms folded")
        .contains("evaluation images of the run")
        .contains("Top-1 on these images");
    assertThat(CommandResult.of("verify", model).exit()).isZero();
    JsonObject optimised = SavedModelReader.describe(model).metadata().getAsJsonObject("optimised");
    assertThat(optimised.get("form").getAsString()).isEqualTo(form);
    JsonObject agreement = optimised.getAsJsonObject("agreement");
    assertThat(agreement.get("sameClass").getAsDouble()).isBetween(0.5, 1.0);
    double recorded = agreement.get("largestLogitDifference").getAsDouble();
    assertThat(recorded).isBetween(form.equals("float32") ? 0 : 1e-5, 0.5);
    double difference = difference(plain, model);
    assertThat(difference).isLessThan(form.equals("float32") ? 1e-5 : 0.05);
  }

  @Test
  void comparesOnFilesAndRejectsLowAgreement() throws IOException {
    Path images = Files.createDirectory(directory.resolve("images"));
    TinyModel.image(images.resolve("one.png"));
    TinyModel.image(images.resolve("two.jpg"));
    Path model = directory.resolve("model");
    CommandResult ran =
        CommandResult.of("export", run, model, "--optimise", "bfloat16", "--images", images);
    assertThat(ran.exit()).as(ran.err()).isZero();
    assertThat(ran.out()).contains("on 2 images (" + images + ")");
    CommandResult share =
        CommandResult.of("export", run, model, "--optimise", "float32", "--min-agreement", "2");
    assertThat(share.exit()).isEqualTo(2);
    assertThat(share.err()).contains("--min-agreement: expected from 0 to 1, but got 2.0.");
    CommandResult alone = CommandResult.of("export", run, model, "--images", images);
    assertThat(alone.exit()).isEqualTo(2);
    assertThat(alone.err()).contains("--images: requires --optimise.");
  }

  @Test
  void failsWithoutWeightsToResumeFrom() {
    Path model = directory.resolve("model");
    assertThat(
            CommandResult.of(
                    "export", run, model, "--optimise", "float32", "--least-agreement", "0")
                .exit())
        .isZero();
    CommandResult ran =
        CommandResult.of("explain", model, "--out", directory.resolve("explained"), RECIPE);
    assertThat(ran.exit()).isEqualTo(2);
    assertThat(ran.err()).contains("is an optimised export, which has no variables");
  }

  // ‖b − a‖ / ‖a‖ of the logits
  private static double difference(Path first, Path second) throws IOException {
    Random random = new Random(3);
    float[] pixels = new float[4 * 32 * 32 * 3];
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = random.nextFloat();
    }
    Map<String, TensorValue> inputs = Map.of("images", TensorValue.of(pixels, 4, 32, 32, 3));
    float[] a = logits(first, inputs);
    float[] b = logits(second, inputs);
    double distance = 0;
    double norm = 0;
    for (int i = 0; i < a.length; i++) {
      distance += (a[i] - b[i]) * (double) (a[i] - b[i]);
      norm += a[i] * (double) a[i];
    }
    return Math.sqrt(distance / norm);
  }

  private static float[] logits(Path model, Map<String, TensorValue> inputs) throws IOException {
    try (Predictor predictor = Predictor.open(model)) {
      return predictor.call("serving_default", inputs).get("logits").floats();
    }
  }
}
