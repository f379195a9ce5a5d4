package dev.recal.models.synthesis.oneshot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.recal.graphs.synthesis.oneshot.image.OneShotImage;
import dev.recal.graphs.synthesis.oneshot.image.OneShotImageFile;
import dev.recal.graphs.synthesis.oneshot.metrics.OneShotReport;
import dev.recal.graphs.synthesis.oneshot.metrics.StandInMaps;
import dev.recal.graphs.synthesis.oneshot.training.OneShotRecipe;
import dev.recal.graphs.task.Evaluation;
import dev.recal.graphs.task.EvaluationRequest;
import dev.recal.graphs.task.RunDirectory;
import dev.recal.models.export.RunExport;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OneShotModelTest {

  private static final int HEIGHT = OneShotTrial.HEIGHT;
  private static final int WIDTH = OneShotTrial.WIDTH;

  @TempDir private static Path home;

  private static RunDirectory<OneShotRecipe> run;
  private static OneShotModel model;
  private static OneShotModel exported;

  @BeforeAll
  static void open() throws IOException {
    run = OneShotTrial.write(home.resolve("run"), 2);
    model = OneShotModel.open(run.directory());
    Path target = home.resolve("model");
    RunExport.write(run, run.checkpoint(Optional.empty()), target);
    exported = OneShotModel.open(target);
  }

  @AfterAll
  static void close() {
    model.close();
    exported.close();
  }

  @Test
  void runAndSavedModelGiveEqualImages() {
    assertThat(model.pyramid().scales()).isEqualTo(3);
    assertThat(exported.pyramid()).isEqualTo(model.pyramid());
    assertThat(exported.channels()).isEqualTo(3);
    List<OneShotImage> of = model.generate(7, 2, 40, 31, 0);
    assertThat(of.get(0).height()).isEqualTo(40);
    assertThat(of.get(0).width()).isEqualTo(31);
    assertThat(difference(of.get(0), of.get(1))).isPositive();
    assertSame(of.get(1), exported.generate(7, 2, 40, 31, 0).get(1));
    assertSame(model.reconstruct(), exported.reconstruct());
    OneShotImage original = model.original();
    assertSame(original, exported.original());
    assertSame(model.refine(original, 1, 3), exported.refine(original, 1, 3));
    assertSame(model.enlarge(original, 1.5, 3), exported.enlarge(original, 1.5, 3));
    NoiseMaps noise = NoiseMaps.normal(model.sizes(33, 50), 3, 5);
    OneShotImage wide = model.generateFromNoise(noise);
    assertThat(wide.width()).isEqualTo(50);
    assertSame(wide, exported.generateFromNoise(noise));
  }

  @Test
  void originalIsTheFileAndTheFixedNoiseReconstructs() throws IOException {
    OneShotImage file = OneShotImageFile.read(run.recipe().data().path(), 1 << 20);
    assertSame(model.original(), file);
    assertSame(model.generateFromNoise(model.fixedNoise()), model.reconstruct());
  }

  @Test
  void aLargerCountAddsImagesAndAnotherStartChangesThem() {
    List<OneShotImage> ten = model.generate(1, 10, HEIGHT, WIDTH, 1);
    List<OneShotImage> nine = model.generate(1, 9, HEIGHT, WIDTH, 1);
    for (int i = 0; i < 9; i++) {
      assertSame(nine.get(i), ten.get(i));
    }
    assertThat(difference(ten.get(8), ten.get(0))).isPositive();
    assertThat(difference(ten.get(0), model.generate(1, 1, HEIGHT, WIDTH, 2).get(0))).isPositive();
  }

  @Test
  void aMaskedRefinementKeepsTheTrainingImageOutside() {
    OneShotImage reference = changed();
    float[] white = new float[HEIGHT * WIDTH];
    Arrays.fill(white, -1);
    Arrays.fill(white, 0, 2, 1);
    OneShotImage mask = new OneShotImage(HEIGHT, WIDTH, 1, white);
    MaskedRefinement settings = new MaskedRefinement(1, 0, 2, 4);
    OneShotImage edited = settings.apply(model, reference, mask);
    OneShotImage refined = model.refine(reference, 2, 4);
    int last = edited.values().length - 1;
    assertThat(edited.values()[0]).isCloseTo(refined.values()[0], within(1e-5f));
    assertThat(edited.values()[last]).isCloseTo(model.original().values()[last], within(1e-5f));
    // Both at twice the size: the same mask, and nearly the same reference.
    OneShotImage twice = settings.apply(model, large(reference), large(mask));
    assertThat(twice.values()[last]).isEqualTo(edited.values()[last]);

    OneShotImage other = new OneShotImage(20, 20, 1, new float[400]);
    assertThatThrownBy(() -> settings.apply(model, reference, other))
        .hasMessage("mask: expected an image of the reference's size, 36×30, but got 20×20.");
    assertThatThrownBy(() -> settings.apply(model, other, mask))
        .hasMessageStartingWith(
            "reference: expected an image of the training image's shape, 36×30");
    Arrays.fill(white, -1);
    assertThatThrownBy(() -> settings.apply(model, reference, mask))
        .hasMessage("mask: expected white pixels where the image was changed, but got none.");
  }

  // The negative.
  private static OneShotImage changed() {
    OneShotImage original = model.original();
    float[] values = original.values().clone();
    for (int i = 0; i < values.length; i++) {
      values[i] = -original.values()[i];
    }
    return new OneShotImage(HEIGHT, WIDTH, 3, values);
  }

  private static OneShotImage large(OneShotImage image) {
    return image.resized(2, 2 * image.height(), 2 * image.width());
  }

  @Test
  void aPaintingGetsTheColoursOfTheTrainingImage() {
    OneShotImage painting = changed();
    OneShotImage image = Painting.of(1, 2).apply(model, painting);
    assertThat(image.width()).isEqualTo(WIDTH);
    assertSame(image, Painting.of(1, 2).apply(exported, painting));
    assertSame(new Painting(0, 1, 2).apply(model, painting), model.refine(painting, 1, 2));
    assertThat(difference(image, model.refine(painting, 1, 2))).isPositive();
  }

  @Test
  void superResolutionEnlargesByExactlyTheFactor() {
    SuperResolution twice = new SuperResolution(2.03, 1);
    OneShotImage large = twice.apply(model, model.original());
    assertThat(twice.steps()).isEqualTo(3);
    assertThat(large.height()).isEqualTo((int) Math.round(2.03 * HEIGHT));
    assertThat(large.width()).isEqualTo((int) Math.round(2.03 * WIDTH));
    assertThat(new SuperResolution(16, 1).suits(model)).isFalse();
    assertThatThrownBy(() -> twice.requireSize(1000, 1000))
        .hasMessage("factor: expected an image of at most 1,048,576 pixels, but got 2030×2030.");
  }

  @Test
  void anAnimationIsSeededAndAtAlphaOneStandsStill() {
    Animation walk = new Animation(0.1, 0.9, 1, 3, 6);
    List<OneShotImage> frames = frames(model, walk);
    assertThat(frames).hasSize(3);
    assertThat(difference(frames.get(0), frames.get(2))).isPositive();
    assertSame(frames.get(2), frames(exported, walk).get(2));
    List<OneShotImage> still = frames(model, new Animation(1, 0.9, 0, 2, 6));
    assertSame(still.get(1), model.reconstruct());
  }

  private static List<OneShotImage> frames(OneShotModel of, Animation animation) {
    List<OneShotImage> frames = new ArrayList<>();
    animation.generate(of, frames::add);
    return frames;
  }

  @Test
  void evaluationMeasuresSamplesOfAModelAndOfARun() throws IOException {
    try (StandInMaps features = new StandInMaps()) {
      OneShotReport report = model.evaluate(features, 0, 20, 0, measured -> {});
      assertThat(report.samples()).isEqualTo(20);
      Path png = home.resolve("samples.png");
      Evaluation evaluation =
          run.task()
              .evaluate(
                  run,
                  new EvaluationRequest(
                      Optional.empty(), Optional.empty(), Optional.of(png), false));
      assertThat(evaluation.metrics()).containsEntry("samples", 20);
      assertThat(evaluation.metrics().get("diversity").doubleValue())
          .isCloseTo(report.diversity(), within(1e-4));
      assertThat(png).isRegularFile();
    }
  }

  @Test
  void whatDoesNotExistIsRefused() throws IOException {
    assertThatThrownBy(() -> model.generate(1, 1, 30, 30, 3))
        .hasMessage("startScale: expected from 0 to 2, but got 3.");
    assertThatThrownBy(() -> model.refine(model.original(), 0, 1))
        .hasMessage("startScale: expected from 1 to 2, but got 0.");
    assertThatThrownBy(() -> model.generate(1, 1, 3000, 1000, 0))
        .hasMessage("size: expected an image of at most 1,048,576 pixels, but got 1000×3000.");
    assertThatThrownBy(() -> model.generate(1, 1, 1 << 16, 1 << 16, 0))
        .hasMessageStartingWith("size: expected");
    Path stopped = OneShotTrial.write(home.resolve("stopped"), 1).directory();
    assertThatThrownBy(() -> OneShotModel.open(stopped))
        .hasMessage(
            "run: expected all 3 scales of "
                + stopped
                + " to be trained, but got scale 2, step 2 of 2; resume it until it is done.");
  }

  @Test
  void theGuideShowsTheProgramAsItIs() throws IOException {
    String program = Files.readString(Path.of("src/test/java/example/OneShotProgram.java"));
    assertThat(Files.readString(Path.of("../docs/oneshot.md")))
        .contains("```java\n" + program + "```\n");
  }

  private static void assertSame(OneShotImage actual, OneShotImage expected) {
    assertThat(actual.height()).isEqualTo(expected.height());
    assertThat(difference(actual, expected)).isLessThan(2e-3);
  }

  private static double difference(OneShotImage one, OneShotImage other) {
    double greatest = 0;
    for (int i = 0; i < one.values().length; i++) {
      greatest = Math.max(greatest, Math.abs(one.values()[i] - other.values()[i]));
    }
    return greatest;
  }
}
