package dev.recal.graphs.style.training;

import dev.recal.graphs.features.LossNetwork;
import dev.recal.graphs.style.ArbitraryStyle;
import dev.recal.graphs.style.DecoderLevel;
import dev.recal.graphs.style.loss.ArbitraryLoss;
import dev.recal.graphs.task.RecipeJson;
import dev.recal.ops.GraphScope;
import dev.recal.ops.Replicas;
import dev.recal.ops.Variable;
import dev.recal.savedmodels.tensor.TensorValue;
import dev.recal.savedmodels.weights.Safetensors;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
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
 * One training step of a decoder for arbitrary styles from random weights, run here and written for
 * {@code interop/torch_arbitrary_style.py}.
 *
 * @param network with its decoder
 * @param loss with its encoder
 * @param maps the script's names of the loss's maps
 * @param encoder the encoder's weights as the script takes them
 */
record ArbitraryStyleStepCase(
    ArbitraryStyle network,
    ArbitraryLoss loss,
    List<Integer> maps,
    Map<String, TensorValue> encoder) {

  private static final int IMAGES = 2;
  private static final int SIDE = 32;
  private static final StepTensors TENSORS = new StepTensors("decoder/.*");

  private ArbitraryStyleRecipe recipe() {
    String json =
        """
        {"task": "arbitrary-style", "name": "step", "network": {}, "styles": "textures",
         "data": {"size": 32}, "loss": {}, "training": {"batch": 2}}
        """;
    return RecipeJson.read(json, List.of(), ArbitraryStyleRecipe.class).with(network, loss);
  }

  /**
   * Runs the step and writes its case.
   *
   * @return what the step computed and changed, named as PyTorch's results will be
   */
  Map<String, double[]> run(Path file) throws IOException {
    Random random = new Random(13);
    TensorValue images = StepTensors.uniform(random, IMAGES, SIDE, SIDE);
    TensorValue styles = StepTensors.uniform(random, IMAGES, SIDE, SIDE);
    try (LossNetwork opened = loss.open(network.map());
        Graph graph = new Graph()) {
      Ops tf = GraphScope.ops(graph);
      Operand<TFloat32> contentInput = input(tf);
      Operand<TFloat32> styleInput = input(tf);
      ArbitraryStyleGraph built =
          ArbitraryStyleGraph.build(
              graph,
              recipe(),
              opened,
              new ArbitraryStyleGraph.Batch(contentInput, styleInput),
              10,
              Replicas.single());
      try (Session session = new Session(graph)) {
        built.store().initialize(session);
        StepTensors.scatter(built.store(), session, ArbitraryStyleStepCase::heNormal);
        Map<String, TensorValue> tensors = TENSORS.variables(built.store(), session);
        tensors.putAll(encoder);
        tensors.put("images", images);
        tensors.put("styles", styles);
        Safetensors.write(file, tensors, metadata());
        List<String> trained = built.store().trainable().stream().map(Variable::name).toList();
        return TENSORS.take(
            built.step(),
            built.store(),
            trained,
            session,
            Map.of(contentInput, images, styleInput, styles));
      }
    }
  }

  private static Operand<TFloat32> input(Ops tf) {
    return tf.placeholder(TFloat32.class, Placeholder.shape(Shape.of(IMAGES, SIDE, SIDE, 3)));
  }

  private static double heNormal(Variable<?> kernel) {
    long[] shape = kernel.shape().asArray();
    return Math.sqrt(2.0 / (shape[0] * shape[1] * shape[2]));
  }

  private Map<String, String> metadata() {
    Map<String, String> metadata = new LinkedHashMap<>();
    metadata.put("maps", maps.stream().map(String::valueOf).collect(Collectors.joining(",")));
    metadata.put(
        "levels",
        network.levels().stream()
            .map(DecoderLevel::channels)
            .map(channels -> String.valueOf(channels.size()))
            .collect(Collectors.joining(",")));
    metadata.put("content", String.valueOf(loss.contentWeight()));
    metadata.put("style", String.valueOf(loss.styleWeight()));
    metadata.put("rate", "0.001");
    metadata.put("step", "0");
    return metadata;
  }
}
