package dev.recal.graphs.detection.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.recal.graphs.logs.TrainingLog;
import dev.recal.graphs.task.Evaluation;
import dev.recal.graphs.task.EvaluationRequest;
import dev.recal.graphs.task.RecipeJson;
import dev.recal.graphs.task.RunDirectory;
import dev.recal.graphs.task.ServableModel;
import dev.recal.graphs.training.TrainingLoop;
import dev.recal.ops.ServableSignature;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tensorflow.Graph;

/** Runs of tiny detectors on a few drawn scenes. */
class DetectionTaskTest {

  private static final String BACKBONE =
      "'backbone': {'type': 'resnet', 'block': 'basic', 'repeats': [1, 1, 1, 1], 'channels': 8}";

  private static final String DATA =
      "'data': {'height': 64, 'width': 64, 'training': {'type': 'drawn-scenes', 'count': 8},"
          + " 'evaluation': {'type': 'drawn-scenes', 'split': 'test', 'count': 3}}";

  private static final String TRAINING =
      "'training': {'batch': 2, 'steps': 4, 'learningRate': {'base': 0.01, 'schedule': 'constant'},"
          + " 'anchors': {'count': 16, 'positives': 8}, 'regions': {'count': 12, 'positives': 6},"
          + " 'selection': {'perLevel': 20, 'kept': 10, 'total': 10, 'overlap': 0.7},"
          + " 'threads': 1, 'checkpoints': {'everySteps': 1, 'keep': 9}}";

  private static final String HEADS =
      "'pyramid': {'channels': 8}, 'proposals': {'channels': 8, 'scales': [4]}";

  private static final String STAGE =
      "{'boxes': {'channels': 8, 'features': 16}, 'masks': {'channels': 8, 'convolutions': 1}}";

  private static final String CASCADED =
      "{'boxes': {'channels': 8, 'features': 16, 'agnostic': true}, 'overlap': 0.%d}";

  private static final String MASK_RCNN =
      "{'task': 'detection', 'name': 'tiny', 'network': {'type': 'mask-rcnn', "
          + String.join(", ", BACKBONE, HEADS, "'stages': [" + STAGE + "]}", DATA, TRAINING)
          + ", 'detections': {'minimumScore': 0.01, 'candidates': 20, 'maximum': 10}}";

  private static final String CASCADE =
      MASK_RCNN.replace(STAGE, CASCADED.formatted(5) + ", " + CASCADED.formatted(6));

  static final String RETINA_NET =
      "{'task': 'detection', 'name': 'tiny', 'network': {'type': 'retina-net', "
          + String.join(
              ", ", BACKBONE, "'pyramid': {'channels': 8, 'finest': 8, 'top': 'of-input'}")
          + ", 'head': {'channels': 8, 'convolutions': 1}}, "
          + String.join(", ", DATA, TRAINING)
          + "}";

  @TempDir private Path directory;

  @Test
  void brokenRunResumesBitIdentically() throws IOException {
    Path whole = directory.resolve("whole");
    Path broken = directory.resolve("broken");
    train(whole, recipe(MASK_RCNN));
    train(broken, recipe(MASK_RCNN, "training.steps=3"));
    train(broken, recipe(MASK_RCNN));

    assertThat(variables(broken, 4)).isEqualTo(variables(whole, 4));
    assertThat(variables(whole, 4)).isNotEqualTo(variables(whole, 3));
    assertThat(whole.resolve("detections/step-000000004.png")).exists();
  }

  @Test
  void otherDetectorsTrain() throws IOException {
    requireTrained(CASCADE, RETINA_NET);
  }

  @Test
  @Tag("slow")
  void otherFormsOfMaskRcnnTrain() throws IOException {
    requireTrained(legacy(MASK_RCNN), plain(MASK_RCNN));
  }

  private void requireTrained(String... recipes) throws IOException {
    for (String json : recipes) {
      Path run = directory.resolve("run" + json.hashCode());
      train(run, recipe(json));
      assertThat(variables(run, 4)).isNotEqualTo(variables(run, 0));
    }
  }

  @Test
  void runsAreEvaluatedAndExported() throws IOException {
    DetectionRecipe recipe = recipe(MASK_RCNN);
    Path run = directory.resolve("run");
    DetectionTask task = new DetectionTask();
    try (PreparedDetection prepared = PreparedDetection.open(recipe, true)) {
      RunDirectory.create(run, prepared).train(prepared, new TrainingLog.Silent());
    }
    RunDirectory<DetectionRecipe> opened = RunDirectory.open(run, DetectionRecipe.class);
    assertThat(run.resolve("precision-recall.png")).exists();
    Evaluation evaluation = task.evaluate(opened, EvaluationRequest.defaults());
    assertThat(evaluation.metrics()).containsEntry("images", 3L).containsKey("box_AP50");

    try (Graph graph = new Graph()) {
      ServableModel model = task.servable(graph, opened, false);
      assertThat(model.servable().signatures())
          .extracting(ServableSignature::key)
          .contains("serving_default", "detect", "detect_padded", "detect_bytes", "detect_lite");
      assertThat(model.servable().labels())
          .containsExactly("disc", "ring", "square", "star", "triangle");
    }
  }

  @Test
  void imagesWithoutObjectsAreRefused() {
    String json =
        MASK_RCNN
            .replace("{'type': 'drawn-scenes', 'count': 8}", "'textures'")
            .replace("'type': 'drawn-scenes', 'split': 'test', 'count': 3", "'type': 'textures'");
    assertThatThrownBy(() -> train(directory.resolve("run"), recipe(json)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("expected images with objects, but got one of");
  }

  private static String legacy(String json) {
    return json.replace("'type': 'mask-rcnn'", "'type': 'mask-rcnn', 'conventions': 'legacy'");
  }

  private static String plain(String json) {
    return json.replace("'type': 'mask-rcnn'", "'type': 'mask-rcnn', 'conventions': 'plain'");
  }

  private static DetectionRecipe recipe(String json, String... overrides) {
    return RecipeJson.read(
        json.replace('\'', '"'), Arrays.asList(overrides), DetectionRecipe.class);
  }

  private static void train(Path run, DetectionRecipe recipe) throws IOException {
    try (PreparedDetection prepared = PreparedDetection.open(recipe, true)) {
      new TrainingLoop(prepared.plan(run), new TrainingLog.Silent()).resume();
    }
  }

  private static byte[] variables(Path run, long step) throws IOException {
    return Files.readAllBytes(
        run.resolve("checkpoints/step-%09d/variables.data-00000-of-00001".formatted(step)));
  }
}
