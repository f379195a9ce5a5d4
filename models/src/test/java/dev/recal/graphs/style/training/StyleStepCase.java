package dev.recal.graphs.style.training;

import dev.recal.graphs.features.LossNetwork;
import dev.recal.graphs.features.RandomLossNetwork;
import dev.recal.graphs.style.StyleNorm;
import dev.recal.graphs.style.StyleTransformer;
import dev.recal.graphs.style.StyleVariant;
import dev.recal.graphs.style.loss.LossFeatures;
import dev.recal.graphs.style.loss.MapWeight;
import dev.recal.graphs.style.loss.StyleLoss;
import dev.recal.graphs.task.RecipeJson;
import dev.recal.models.TorchStep;
import dev.recal.ops.GraphScope;
import dev.recal.ops.Replicas;
import dev.recal.ops.Variable;
import dev.recal.ops.VariableStore;
import dev.recal.savedmodels.tensor.TensorValue;
import dev.recal.savedmodels.weights.Safetensors;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Collectors;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Session;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.types.TFloat32;

/**
 * One training step of a style network from random weights, run here and written for {@code
 * interop/torch_style.py}.
 *
 * @param variant of the network
 * @param norm of the network
 */
record StyleStepCase(StyleVariant variant, StyleNorm norm) implements TorchStep {

  private static final int IMAGES = 3;
  private static final int SIDE = 24;
  private static final int STYLE_HEIGHT = 20;
  private static final int STYLE_WIDTH = 28;
  private static final long SEED = 5;
  private static final StepTensors TENSORS = new StepTensors("(down|block|up|output).*");

  private static final StyleLoss LOSS =
      new StyleLoss(
          new LossFeatures(Optional.empty(), SEED),
          List.of(new MapWeight("relu2_2", 3)),
          List.of(new MapWeight("relu1_2", 100), new MapWeight("relu3_3", 300)),
          1e-4);

  @Override
  public String title() {
    return norm.title() + " in the form " + variant;
  }

  private StyleRecipe recipe() {
    StyleTransformer network =
        new StyleTransformer(variant, 4, 2, norm.norm(), norm.recalibration());
    String json =
        """
        {"task": "style", "name": "step", "network": {}, "style": "texture",
         "data": {"size": 24}, "loss": {}, "training": {"batch": 3}}
        """;
    return RecipeJson.read(json, List.of(), StyleRecipe.class).withNetwork(network).withLoss(LOSS);
  }

  /**
   * Runs the step and writes its case.
   *
   * @return what the step computed and changed, named as PyTorch's results will be
   */
  @Override
  public Map<String, double[]> run(Path file) throws IOException {
    StyleRecipe recipe = recipe();
    Random random = new Random(11);
    TensorValue images = StepTensors.uniform(random, IMAGES, SIDE, SIDE);
    TensorValue style = StepTensors.uniform(random, 1, STYLE_HEIGHT, STYLE_WIDTH);
    StylePixels pixels = new StylePixels("style", STYLE_HEIGHT, STYLE_WIDTH, style.floats());
    LossNetwork network = new RandomLossNetwork(SEED);
    try (Graph graph = new Graph()) {
      Ops tf = GraphScope.ops(graph);
      Operand<TFloat32> input =
          tf.placeholder(TFloat32.class, Placeholder.shape(Shape.of(IMAGES, SIDE, SIDE, 3)));
      StyleGraph built =
          StyleGraph.build(
              graph, recipe, network, pixels.grams(network, LOSS), input, 10, Replicas.single());
      VariableStore store = built.store();
      try (Session session = new Session(graph)) {
        store.initialize(session);
        StepTensors.scatter(store, session, kernel -> kernel.name().startsWith("output") ? 2 : 0.2);
        Map<String, TensorValue> tensors = TENSORS.variables(store, session);
        tensors.putAll(StepTensors.kernels(SEED));
        tensors.put("images", images);
        tensors.put("style", style);
        Safetensors.write(file, tensors, metadata(recipe));
        List<String> trained =
            built.networkVariables().stream()
                .map(Variable::name)
                .filter(name -> !name.contains("/moving_"))
                .toList();
        return TENSORS.take(built.step(), store, trained, session, Map.of(input, images));
      }
    }
  }

  private Map<String, String> metadata(StyleRecipe recipe) {
    Map<String, String> metadata = new LinkedHashMap<>();
    metadata.put("variant", variant.name().toLowerCase(Locale.ROOT));
    String[] words = norm.name().toLowerCase(Locale.ROOT).split("_");
    metadata.put("norm", words[0]);
    metadata.put("recalibration", words.length > 1 ? words[1] : "none");
    metadata.put("blocks", String.valueOf(recipe.network().blocks()));
    metadata.put("rate", "0.001");
    metadata.put("content", weights(LOSS.content()));
    metadata.put("style", weights(LOSS.style()));
    metadata.put("variation", String.valueOf(LOSS.totalVariation()));
    metadata.put("step", "0");
    return metadata;
  }

  private static String weights(List<MapWeight> maps) {
    List<String> names = new RandomLossNetwork(SEED).maps();
    return maps.stream()
        .map(each -> names.indexOf(each.map()) + ":" + each.weight())
        .collect(Collectors.joining(","));
  }
}
