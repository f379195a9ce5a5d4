package dev.recal.models.faces;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.recal.graphs.classification.ClassificationRecipe;
import dev.recal.graphs.classification.ClassificationTask;
import dev.recal.graphs.classification.PreparedClassification;
import dev.recal.graphs.data.items.DecodedImage;
import dev.recal.graphs.logs.TrainingLog;
import dev.recal.graphs.task.EvaluationRequest;
import dev.recal.graphs.task.RecipeJson;
import dev.recal.graphs.task.RunDirectory;
import dev.recal.models.export.RunExport;
import dev.recal.savedmodels.Predictor;
import dev.recal.savedmodels.tensor.TensorValue;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Embeddings of a run and of its export. */
class EmbeddersTest {

  private static final int SIZE = 32;
  private static final int VALUES = 6;
  private static final String RECIPE =
      """
      {
        "name": "tiny",
        "network": {
          "preset": "mobilefacenet", "channels": 8, "lastChannels": 16, "embedding": 6,
          "stages": [{"expansion": 2, "channels": 8, "repeats": 1, "stride": 2}]
        },
        "data": {
          "training": {"type": "drawn-faces", "identities": 4, "perIdentity": 4, "size": 32},
          "holdOut": 0.25,
          "imageSize": 32,
          "augmentation": {"type": "pad-crop-flip", "padding": 0},
          "verification": {
            "images": {
              "type": "drawn-faces", "split": "test", "identities": 4, "perIdentity": 3, "size": 32
            },
            "folds": 2
          }
        },
        "training": {"batch": 6, "steps": 2}
      }
      """;

  @TempDir static Path directory;

  private static RunDirectory<ClassificationRecipe> run;
  private static Path model;

  @BeforeAll
  static void train() throws IOException {
    ClassificationRecipe recipe = RecipeJson.read(RECIPE, List.of(), ClassificationRecipe.class);
    try (PreparedClassification training = new ClassificationTask().prepare(recipe, true)) {
      run = RunDirectory.create(directory.resolve("run"), training);
      Path checkpoint = run.train(training, new TrainingLog.Silent()).checkpoint();
      model = RunExport.write(run, checkpoint, directory.resolve("model"));
    }
  }

  private static DecodedImage image(int seed, int height, int width) {
    byte[] values = new byte[height * width * 3];
    new Random(seed).nextBytes(values);
    return new DecodedImage(height, width, 3, values);
  }

  @Test
  void runAndExportHaveTheSameEmbeddings() throws IOException {
    List<DecodedImage> images = List.of(image(1, SIZE, SIZE), image(2, SIZE, SIZE));
    try (Embedder ofRun = Embedders.open(run.directory());
        Embedder ofModel = Embedders.open(model);
        Predictor predictor = Predictor.open(model)) {
      assertThat(ofRun.imageSize()).isEqualTo(SIZE).isEqualTo(ofModel.imageSize());
      assertThat(ofRun.dimensions()).isEqualTo(VALUES).isEqualTo(ofModel.dimensions());
      float[][] rows = ofRun.embed(images);
      assertThat(rows).hasDimensions(2, VALUES);
      for (int i = 0; i < 2; i++) {
        float[] embedding = ofModel.embed(images.subList(i, i + 1))[0];
        float scale = (float) length(rows[i]);
        for (int k = 0; k < VALUES; k++) {
          assertThat(embedding[k]).isCloseTo(rows[i][k], Offset.offset(1e-5f * scale));
        }
      }
      assertThat(rows[0]).isNotEqualTo(rows[1]);
      TensorValue input = TensorValue.of(images.get(1).fractions(), 1, SIZE, SIZE, 3);
      float[] unit = predictor.call("embed", Map.of("images", input)).get("normalized").floats();
      double length = length(rows[1]);
      for (int i = 0; i < VALUES; i++) {
        rows[1][i] /= (float) length;
      }
      assertThat(unit).usingComparatorWithPrecision(1e-5f).containsExactly(rows[1]);
    }
  }

  private static double length(float[] values) {
    double sum = 0;
    for (float value : values) {
      sum += value * value;
    }
    return Math.sqrt(sum);
  }

  @Test
  void rejectsImagesOfAnotherSize() throws IOException {
    try (Embedder embedder = Embedders.open(model)) {
      List<DecodedImage> images = List.of(image(1, SIZE, SIZE), image(1, 20, SIZE));
      assertThatThrownBy(() -> embedder.embed(images))
          .hasMessage(
              "images: expected 32×32 pixels with 3 channels, but image 1 has 32×20 pixels with 3.");
      assertThatThrownBy(() -> embedder.embed(List.of()))
          .hasMessage("images: expected at least one, but got 0.");
    }
  }

  @Test
  void evaluationOfARunHasItsVerification() throws IOException {
    EvaluationRequest request =
        new EvaluationRequest(Optional.empty(), Optional.empty(), Optional.empty(), true);
    var evaluation = RunVerification.addTo(run.task().evaluate(run, request), run, true);
    // Of each fold, two identities of three images: 2 · 3 pairs of one identity, and as many
    // others.
    assertThat(evaluation.text().get(evaluation.text().size() - 1))
        .startsWith("Verification of 24 pairs: accuracy ");
    assertThat(evaluation.metrics().get("verification").doubleValue()).isBetween(0.0, 1.0);
    assertThat(evaluation.metrics()).containsKeys("top1", "verificationDeviation", "areaUnderRoc");
  }

  @Test
  void verificationNeedsEmbeddings() {
    assertThatThrownBy(() -> RecipeJson.read(RECIPE, List.of("network=resnet20-cifar")))
        .hasMessageContaining(
            "data.verification: expected a network that learns embeddings, such as MobileFaceNet,"
                + " but got ResNet.");
  }
}
