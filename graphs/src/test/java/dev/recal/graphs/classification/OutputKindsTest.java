package dev.recal.graphs.classification;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.recal.graphs.data.DataSource;
import dev.recal.graphs.data.TestImages;
import dev.recal.graphs.data.pipeline.Augmentation;
import dev.recal.graphs.data.source.ImageLabels;
import dev.recal.graphs.data.source.ImageNumbers;
import dev.recal.graphs.data.source.Textures;
import dev.recal.graphs.network.Networks;
import dev.recal.graphs.objective.BinaryCrossEntropy;
import dev.recal.graphs.objective.BinaryFocal;
import dev.recal.graphs.objective.CalibrationError;
import dev.recal.graphs.objective.CrossEntropy;
import dev.recal.graphs.objective.Focal;
import dev.recal.graphs.objective.Huber;
import dev.recal.graphs.objective.Loss;
import dev.recal.graphs.objective.NumberScales;
import dev.recal.graphs.objective.SquaredError;
import dev.recal.graphs.optimisation.ConstantSchedule;
import dev.recal.graphs.optimisation.LearningRate;
import dev.recal.graphs.training.Precision;
import dev.recal.graphs.training.RecordingLog;
import dev.recal.graphs.training.SessionSettings;
import dev.recal.graphs.training.TrainingLoop;
import dev.recal.graphs.training.TrainingOutcome;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Trainings on images with several classes and with numbers. */
class OutputKindsTest {

  private static final int SIZE = 8;
  private static final int COUNT = 96;

  @TempDir private static Path images;
  @TempDir Path directory;

  // Images of one colour: a class for each channel that is bright, and numbers of them.
  @BeforeAll
  static void write() throws IOException {
    Random random = new Random(7);
    StringBuilder labels = new StringBuilder("file,red,green,blue\n");
    StringBuilder numbers = new StringBuilder("file,sum,red\n");
    for (int i = 0; i < COUNT; i++) {
      int rgb = 0;
      StringBuilder line = new StringBuilder(i + ".png");
      double sum = 0;
      for (int channel = 0; channel < 3; channel++) {
        boolean bright = random.nextBoolean();
        int value = bright ? 150 + random.nextInt(100) : random.nextInt(100);
        rgb = rgb << 8 | value;
        sum += value;
        line.append(bright ? ",1" : ",0");
      }
      BufferedImage image = new BufferedImage(SIZE, SIZE, BufferedImage.TYPE_INT_RGB);
      for (int place = 0; place < SIZE * SIZE; place++) {
        image.setRGB(place % SIZE, place / SIZE, rgb);
      }
      TestImages.write(images.resolve(i + ".png"), TestImages.encode(image, "png"));
      labels.append(line).append('\n');
      numbers.append(String.format(Locale.ROOT, "%d.png,%f,%d%n", i, 5000 + 3 * sum, rgb >> 16));
    }
    Files.writeString(images.resolve("labels.csv"), labels);
    Files.writeString(images.resolve("numbers.csv"), numbers);
  }

  private static ImageLabels labels() {
    return new ImageLabels(images, images.resolve("labels.csv"));
  }

  private static ImageNumbers numbers() {
    return new ImageNumbers(images, images.resolve("numbers.csv"));
  }

  private static ClassificationSettings settings(Loss loss, int epochs) {
    return ClassificationSettings.defaults()
        .with()
        .batch(8)
        .epochs(epochs)
        .evaluateEvery(epochs)
        .loss(loss)
        .learningRate(new LearningRate(0.05, new ConstantSchedule(), 0, 0))
        .session(new SessionSettings(Precision.FLOAT32, 1, 1))
        .build();
  }

  private static ClassificationRecipe recipe(DataSource source, ClassificationSettings settings) {
    DataRecipe data =
        DataRecipe.defaults()
            .with()
            .training(source)
            .holdOut(0.25)
            .imageSize(SIZE)
            .augmentation(Augmentation.none())
            .build();
    return new ClassificationRecipe("tiny", TinyNetwork.PLAIN, data, settings);
  }

  private Measured train(ClassificationRecipe recipe, RecordingLog log) throws IOException {
    try (PreparedClassification prepared = new ClassificationTask().prepare(recipe, true)) {
      TrainingOutcome outcome = new TrainingLoop(prepared.plan(directory), log).run();
      Measured last = (Measured) outcome.last();
      assertThat(prepared.finish(directory, outcome)).isNotEmpty();
      // The checkpoint alone gives the same.
      assertThat(
              CheckpointEvaluation.evaluate(
                      prepared.recipe().network(),
                      prepared.recipe().training(),
                      prepared.data().evaluation(),
                      recipe.evaluationInput(),
                      outcome.checkpoint())
                  .metrics())
          .isEqualTo(last.metrics());
      return last;
    }
  }

  private static Stream<Loss> several() {
    return Stream.of(new BinaryCrossEntropy(1), new BinaryFocal(2, 0.25));
  }

  @ParameterizedTest
  @MethodSource("several")
  void learnsSeveralClasses(Loss loss) throws IOException {
    RecordingLog log = new RecordingLog();
    Measured last = train(recipe(labels(), settings(loss, 20)), log);
    assertThat(last.images()).isEqualTo(24);
    assertThat(last.further().get("mAP")).isGreaterThan(0.97);
    assertThat(last.further().get("f1")).isGreaterThan(0.9);
    assertThat(last.score()).hasValue(last.further().get("mAP"));
    assertThat(log.evaluations.get(0).top1()).isEmpty();
    assertThat(log.evaluations.get(0).extras()).containsKeys("mAP", "f1", "subsetAccuracy");
    assertThat(log.steps.get(0).accuracy()).isEmpty();
    assertThat(log.steps.get(0).extras()).containsKey("subsetAccuracy");
  }

  @Test
  void mixedImagesAndSmoothedTargetsTrainToo() throws IOException {
    ClassificationSettings mixed =
        settings(new BinaryCrossEntropy(2), 10)
            .with()
            .mixup(0.2)
            .cutmix(1)
            .labelSmoothing(0.1)
            .build();
    Measured last = train(recipe(labels(), mixed), new RecordingLog());
    assertThat(last.further().get("mAP")).isGreaterThan(0.9);
  }

  private static Stream<Loss> ofNumbers() {
    return Stream.of(new SquaredError(), new Huber(1));
  }

  @ParameterizedTest
  @MethodSource("ofNumbers")
  void learnsNumbersWhateverTheirUnit(Loss loss) throws IOException {
    RecordingLog log = new RecordingLog();
    Measured last = train(recipe(numbers(), settings(loss, 30)), log);
    assertThat(last.further().get("r2")).isGreaterThan(0.8);
    assertThat(last.further().get("rmse")).isLessThan(300);
    assertThat(log.steps.get(0).accuracy()).isEmpty();
    assertThat(log.steps.get(0).loss()).isLessThan(20);
  }

  @Test
  void scalesAreThoseOfTheTrainingImagesAndStored() throws IOException {
    ClassificationRecipe recipe = recipe(numbers(), settings(new SquaredError(), 1));
    try (PreparedClassification prepared = new ClassificationTask().prepare(recipe, true)) {
      NumberScales scales = prepared.recipe().training().scales().orElseThrow();
      assertThat(prepared.recipe().network().classes()).isEqualTo(2);
      assertThat(scales.means().get(0)).isBetween(5500.0, 6500.0);
      assertThat(scales.deviations().get(1)).isBetween(40.0, 120.0);
      ClassificationTask task = new ClassificationTask();
      ClassificationRecipe named = prepared.recipe().withNetwork(Networks.named("resnet20-cifar"));
      assertThat(task.read(task.write(named), List.of())).isEqualTo(named);
      assertThat(prepared.files()).containsEntry("labels.txt", "sum\nred\n");
    }
  }

  @Test
  void theFocalLossLearnsOneClassWithAFurtherMetric() throws IOException {
    ClassificationSettings focal =
        settings(new Focal(2, 1), 30)
            .with()
            .metrics(new CalibrationError(10))
            .classWeights(new ClassWeights.Balanced())
            .build();
    RecordingLog log = new RecordingLog();
    Measured last = train(recipe(new Textures(Textures.Split.TRAIN, 8, SIZE, 0), focal), log);
    double first = log.steps.get(0).loss();
    assertThat(log.steps.get(log.steps.size() - 1).loss()).isLessThan(first / 2);
    assertThat(last.classes().orElseThrow().images()).isEqualTo(20);
    assertThat(last.further().get("calibrationError")).isBetween(0.0, 0.6);
    assertThat(log.evaluations.get(0).extras())
        .containsOnlyKeys("balancedAccuracy", "calibrationError");
    assertThat(log.evaluations.get(0).top1()).isPresent();
  }

  @Test
  void imagesMustHaveWhatTheLossCompares() {
    assertRefused(
        recipe(labels(), settings(new CrossEntropy(), 1)),
        "training.loss: CrossEntropy compares one class each, but ",
        " has any of 3 classes; binary-cross-entropy compares those.");
    assertRefused(
        recipe(numbers(), settings(new BinaryCrossEntropy(1), 1)),
        "has the numbers sum, red; squared-error compares those.");
    assertRefused(
        recipe(new Textures(Textures.Split.TRAIN, 4, SIZE, 0), settings(new Huber(1), 1)),
        "Huber compares numbers, but",
        "cross-entropy compares those.");
  }

  private static void assertRefused(ClassificationRecipe recipe, String... parts) {
    assertThatThrownBy(() -> new ClassificationTask().prepare(recipe, true))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContainingAll(parts);
  }

  @Test
  void settingsMustFitTheLoss() {
    ClassificationSettings huber = settings(new Huber(1), 1);
    assertThatThrownBy(() -> huber.with().labelSmoothing(0.1).build())
        .hasMessage("labelSmoothing: expected 0, since Huber compares numbers, but got 0.1.");
    assertThatThrownBy(() -> huber.with().metrics(new CalibrationError(5)).build())
        .hasMessageStartingWith("metrics: expected metrics that suit the loss, since Huber");
    assertThatThrownBy(() -> huber.with().classWeights(new ClassWeights.Balanced()).build())
        .hasMessageStartingWith("classWeights: expected none, since Huber compares numbers");
    assertThatThrownBy(
            () ->
                settings(new Focal(2, 1), 1)
                    .with()
                    .metrics(new CalibrationError(5), new CalibrationError(10))
                    .build())
        .hasMessage("metrics: expected different names, but got 'calibrationError' twice.");
    assertThat(huber.with().build()).isEqualTo(huber);
    assertThat(DataRecipe.defaults().with().build()).isEqualTo(DataRecipe.defaults());
  }
}
