package dev.recal.graphs.style.training;

import dev.recal.graphs.features.LossNetwork;
import dev.recal.graphs.features.RandomConvolutions;
import dev.recal.graphs.features.RandomLossNetwork;
import dev.recal.graphs.style.StyleNorm;
import dev.recal.graphs.style.StyleTransformer;
import dev.recal.graphs.style.StyleVariant;
import dev.recal.graphs.style.loss.MapWeight;
import dev.recal.graphs.style.loss.StyleLoss;
import dev.recal.graphs.task.RecipeJson;
import dev.recal.ops.GraphScope;
import dev.recal.ops.Replicas;
import dev.recal.ops.Variable;
import dev.recal.ops.VariableStore;
import dev.recal.savedmodels.tensor.TensorValue;
import dev.recal.savedmodels.tensor.Tensors;
import dev.recal.savedmodels.weights.Safetensors;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Collectors;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.Tensor;
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
record StyleStepCase(StyleVariant variant, StyleNorm norm) {

  private static final int IMAGES = 3;
  private static final int SIDE = 24;
  private static final int STYLE_HEIGHT = 20;
  private static final int STYLE_WIDTH = 28;
  private static final long SEED = 5;
  private static final String OPTIMISER = "optimiser/";

  private static final StyleLoss LOSS =
      new StyleLoss(
          Optional.empty(),
          SEED,
          List.of(new MapWeight("relu2_2", 3)),
          List.of(new MapWeight("relu1_2", 100), new MapWeight("relu3_3", 300)),
          1e-4);

  String title() {
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
  Map<String, double[]> run(Path file) throws IOException {
    StyleRecipe recipe = recipe();
    Random random = new Random(11);
    TensorValue images = uniform(random, IMAGES, SIDE, SIDE);
    TensorValue style = uniform(random, 1, STYLE_HEIGHT, STYLE_WIDTH);
    StylePixels pixels = new StylePixels("style", STYLE_HEIGHT, STYLE_WIDTH, style.floats());
    LossNetwork network = new RandomLossNetwork(SEED);
    try (Graph graph = new Graph()) {
      Ops tf = GraphScope.ops(graph);
      Operand<TFloat32> input =
          tf.placeholder(TFloat32.class, Placeholder.shape(Shape.of(IMAGES, SIDE, SIDE, 3)));
      StyleGraph built =
          new StyleGraph(
              graph, recipe, network, pixels.grams(network, LOSS), input, 10, Replicas.single());
      VariableStore store = built.store();
      try (Session session = new Session(graph)) {
        store.initialize(session);
        store.assign(session, scattered(store));
        Map<String, TensorValue> tensors = variables(store, session);
        tensors.putAll(kernels());
        tensors.put("images", images);
        tensors.put("style", style);
        Safetensors.write(file, tensors, metadata(recipe));
        return results(built, session, input, images);
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

  // The given second moments are not zero, so that an update is a smooth function of the gradient
  // and not its sign.
  private static Map<String, float[]> scattered(VariableStore store) {
    Random random = new Random(3);
    Map<String, float[]> values = new LinkedHashMap<>();
    for (Variable<?> variable : store.all()) {
      if (variable.type() != TFloat32.class) {
        continue;
      }
      float[] array = new float[Math.toIntExact(variable.size())];
      String name = variable.name();
      for (int i = 0; i < array.length; i++) {
        float normal = (float) random.nextGaussian();
        float positive = 0.5f + random.nextFloat();
        array[i] =
            switch (name.substring(name.lastIndexOf('/') + 1)) {
              case "kernel" -> (name.startsWith("output") ? 2f : 0.2f) * normal;
              case "gamma", "moving_variance" -> positive;
              case "second_moment" -> 1e-3f * positive;
              case "first_moment" -> 1e-3f * normal;
              default -> 0.2f * normal;
            };
      }
      values.put(name, array);
    }
    return values;
  }

  private static Map<String, TensorValue> variables(VariableStore store, Session session) {
    Map<String, TensorValue> tensors = new LinkedHashMap<>();
    store
        .values(session)
        .forEach(
            (name, values) ->
                theirName(name)
                    .ifPresent(
                        key ->
                            tensors.put(
                                key,
                                TensorValue.of(
                                    values, store.find(name).orElseThrow().shape().asArray()))));
    return tensors;
  }

  private static Optional<String> theirName(String name) {
    if (name.startsWith(OPTIMISER)) {
      int end = name.lastIndexOf('/');
      return Optional.of(name.substring(end + 1) + ":" + name.substring(OPTIMISER.length(), end));
    }
    return name.matches("(down|block|up|output).*") ? Optional.of(name) : Optional.empty();
  }

  // The kernels of the loss network, read from its graph.
  private static Map<String, TensorValue> kernels() {
    Map<String, TensorValue> kernels = new LinkedHashMap<>();
    List<Integer> channels = List.of(16, 32, 64, 128);
    try (Graph graph = new Graph();
        Session session = new Session(graph)) {
      Ops tf = GraphScope.ops(graph);
      new RandomConvolutions(SEED, channels)
          .build(tf, tf.placeholder(TFloat32.class, Placeholder.shape(Shape.of(1, 32, 32, 3))));
      int index = 0;
      var operations = graph.operations();
      while (operations.hasNext()) {
        var operation = operations.next();
        if (operation.type().equals("Conv2D")) {
          Operand<?> kernel = operation.inputList(1, 1)[0];
          try (Result result = session.runner().fetch(kernel).run()) {
            kernels.put("loss:" + index++, Tensors.toValue(result.get(0)));
          }
        }
      }
    }
    return kernels;
  }

  private static TensorValue uniform(Random random, int count, int height, int width) {
    float[] values = new float[count * height * width * 3];
    for (int i = 0; i < values.length; i++) {
      values[i] = random.nextFloat();
    }
    return TensorValue.of(values, count, height, width, 3);
  }

  private static Map<String, double[]> results(
      StyleGraph built, Session session, Operand<TFloat32> input, TensorValue images) {
    Map<String, Operand<TFloat32>> fetches = new LinkedHashMap<>();
    fetches.put("content", built.losses().get("content"));
    fetches.put("style_loss", built.losses().get("style"));
    fetches.put("total_variation", built.losses().get("total_variation"));
    List<String> trained =
        new ArrayList<>(built.networkVariables().stream().map(Variable::name).toList());
    trained.removeIf(name -> name.contains("/moving_"));
    for (int i = 0; i < trained.size(); i++) {
      fetches.put("gradient:" + trained.get(i), built.gradients().get(i));
    }
    Map<String, double[]> results = new LinkedHashMap<>();
    try (Tensor fed = Tensors.toTensor(images)) {
      Session.Runner runner = session.runner().feed(input, fed).addTarget(built.apply());
      fetches.values().forEach(runner::fetch);
      try (Result result = runner.run()) {
        int index = 0;
        for (String name : fetches.keySet()) {
          results.put(name, wide(Tensors.toValue(result.get(index++)).floats()));
        }
      }
    }
    built
        .store()
        .values(session)
        .forEach(
            (name, values) ->
                theirName(name)
                    .filter(key -> key.indexOf(':') < 0)
                    .ifPresent(key -> results.put(key, wide(values))));
    return results;
  }

  private static double[] wide(float[] values) {
    double[] wide = new double[values.length];
    for (int i = 0; i < values.length; i++) {
      wide[i] = values[i];
    }
    return wide;
  }
}
