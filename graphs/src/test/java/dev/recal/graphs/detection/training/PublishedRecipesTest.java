package dev.recal.graphs.detection.training;

import static org.assertj.core.api.Assertions.assertThat;

import dev.recal.graphs.detection.DetectorInference;
import dev.recal.graphs.task.RecipeJson;
import dev.recal.ops.BuildContext;
import dev.recal.ops.GraphScope;
import dev.recal.ops.Tower;
import dev.recal.ops.VariableStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.tensorflow.Graph;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

class PublishedRecipesTest {

  @ParameterizedTest
  @CsvSource({
    "coco-mask-rcnn, 45711413",
    "coco-mask-rcnn-an, 45909801",
    "coco-mask-rcnn-an-head, 45957989",
    "coco-cascade-mask-rcnn, 96317505",
    "coco-cascade-mask-rcnn-an, 96768989",
    "coco-retinanet, 37968692"
  })
  void recipesHaveThePublishedNumberOfParameters(String name, long parameters) throws IOException {
    String json = Files.readString(Path.of("..", "recipes", name + ".json"));
    DetectionRecipe recipe = RecipeJson.read(json, List.of(), DetectionRecipe.class);
    try (Graph graph = new Graph()) {
      Ops tf = GraphScope.ops(graph);
      VariableStore store = new VariableStore(graph, 0);
      new DetectorInference(recipe.network(), recipe.detections())
          .build(
              BuildContext.of(store, Tower.serving()),
              tf.zeros(tf.constant(new int[] {1, 64, 64, 3}), TFloat32.class),
              tf.constant(new float[][] {{64, 64}}));
      assertThat(store.parameters()).isEqualTo(parameters);
    }
  }
}
