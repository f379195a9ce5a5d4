package dev.recal.graphs.synthesis.oneshot.training;

import dev.recal.graphs.synthesis.oneshot.Pyramid;
import dev.recal.graphs.synthesis.oneshot.PyramidGraph;
import dev.recal.graphs.synthesis.oneshot.SinGan;
import dev.recal.graphs.synthesis.oneshot.SinGan.Modulation;
import dev.recal.models.TorchStep;
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
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.Tensor;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.types.TFloat32;

/**
 * One training step of a scale from random weights, run here and written for {@code
 * interop/torch_singan.py}.
 *
 * @param skip of the generators
 * @param scale which one
 * @param channels of the image
 */
record ScaleStepCase(Modulation skip, int scale, int channels) implements TorchStep {

  private static final int HEIGHT = 19;
  private static final int WIDTH = 23;

  @Override
  public String title() {
    return skip + " at scale " + scale + " with " + channels + " channels";
  }

  private OneShotRecipe recipe() {
    return OneShotRecipe.defaults().withNetwork(new SinGan(skip, 32, 128));
  }

  /**
   * Runs the step and writes its case.
   *
   * @return what the step computed and changed, named as PyTorch's results will be
   */
  @Override
  public Map<String, double[]> run(Path file) throws IOException {
    // The scale's size does not depend on the scales below, whose images are given.
    Pyramid pyramid = new Pyramid(HEIGHT, WIDTH, scale + 1, 0.99);
    try (Graph graph = new Graph()) {
      ScaleGraph built =
          new ScaleGraph(graph, recipe(), pyramid, channels, scale, Optional.empty());
      VariableStore store = built.job().store();
      try (Session session = new Session(graph)) {
        store.initialize(session);
        store.assign(session, scattered(store));
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
                                        values,
                                        store.find(name).orElseThrow().shape().asArray()))));
        Map<Operand<TFloat32>, TensorValue> feeds = inputs(built, tensors, store, session);
        Safetensors.write(file, tensors, metadata());
        return results(built, session, feeds);
      }
    }
  }

  private Map<String, String> metadata() {
    boolean modulated = skip == Modulation.SLIM && scale > 0;
    return Map.of(
        "kind",
        "step",
        "residual",
        String.valueOf(!modulated),
        "dilation",
        modulated ? (scale < 4 ? "5" : "8") : "0",
        "step",
        "0");
  }

  // The given second moments are not zero, so that an update is a smooth function of the gradient
  // and not its sign.
  private Map<String, float[]> scattered(VariableStore store) {
    Random random = new Random(3 + scale);
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
              case "kernel" -> 0.05f * normal;
              case "gamma", "moving_variance" -> positive;
              // Among the many values of a wide network one would be so near 0 that single and
              // double precision disagree on the side of the leaky ReLU.
              case "beta" -> scale < 8 ? 0.2f * normal : normal > 0 ? 4 : -4;
              case "second_moment" -> 1e-3f * positive;
              case "first_moment" -> 1e-3f * normal;
              case "amplitude" -> 0.3f;
              case "noise" -> normal;
              default -> 0.2f * normal;
            };
      }
      values.put(name, array);
    }
    return values;
  }

  private Optional<String> theirName(String name) {
    String optimiser = "optimiser/";
    if (name.startsWith(optimiser)) {
      int end = name.lastIndexOf('/');
      return theirName(name.substring(optimiser.length(), end))
          .map(variable -> name.substring(end + 1) + ":" + variable);
    }
    String own = PyramidGraph.scope(scale) + "/";
    if (name.startsWith(own + "generator/")) {
      return Optional.of(name.substring(own.length()));
    }
    return name.startsWith("critic/") ? Optional.of(name) : Optional.empty();
  }

  private Map<Operand<TFloat32>, TensorValue> inputs(
      ScaleGraph built, Map<String, TensorValue> tensors, VariableStore store, Session session) {
    Random random = new Random(11);
    Map<Operand<TFloat32>, TensorValue> feeds = new LinkedHashMap<>();
    give(tensors, feeds, "real", built.realImage(), uniform(random));
    TensorValue noise = scale == 0 ? normal(random, 1) : normal(random, channels);
    feeds.put(built.noise(), noise);
    tensors.put("noise", repeated(noise));
    for (int j = 0; j < built.previousImages().size(); j++) {
      TensorValue below = scale == 0 ? zeros() : uniform(random);
      give(tensors, feeds, "previous" + j, built.previousImages().get(j), below);
      TensorValue alpha = TensorValue.of(new float[] {random.nextFloat()});
      give(tensors, feeds, "alpha" + j, built.alphas().get(j), alpha);
    }
    Map<String, float[]> values = store.values(session);
    String own = PyramidGraph.scope(scale) + "/";
    tensors.put("amplitude", TensorValue.of(values.get(own + "amplitude")));
    long[] map = {1, HEIGHT, WIDTH, 1};
    tensors.put(
        "fixed_noise", scale == 0 ? repeated(TensorValue.of(values.get("noise"), map)) : zeros());
    map[3] = channels;
    tensors.put(
        "previous_fixed", scale == 0 ? zeros() : TensorValue.of(values.get(own + "previous"), map));
    return feeds;
  }

  private static void give(
      Map<String, TensorValue> tensors,
      Map<Operand<TFloat32>, TensorValue> feeds,
      String name,
      Operand<TFloat32> input,
      TensorValue value) {
    feeds.put(input, value);
    tensors.put(name, value);
  }

  private TensorValue zeros() {
    return TensorValue.of(new float[HEIGHT * WIDTH * channels], 1, HEIGHT, WIDTH, channels);
  }

  private TensorValue uniform(Random random) {
    float[] values = new float[HEIGHT * WIDTH * channels];
    for (int i = 0; i < values.length; i++) {
      values[i] = 1.8f * random.nextFloat() - 0.9f;
    }
    return TensorValue.of(values, 1, HEIGHT, WIDTH, channels);
  }

  private static TensorValue normal(Random random, int depth) {
    float[] values = new float[HEIGHT * WIDTH * depth];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return TensorValue.of(values, 1, HEIGHT, WIDTH, depth);
  }

  private TensorValue repeated(TensorValue map) {
    float[] from = map.floats();
    int depth = from.length / (HEIGHT * WIDTH);
    float[] values = new float[HEIGHT * WIDTH * channels];
    for (int i = 0; i < values.length; i++) {
      values[i] = from[depth == 1 ? i / channels : i];
    }
    return TensorValue.of(values, 1, HEIGHT, WIDTH, channels);
  }

  private Map<String, double[]> results(
      ScaleGraph built, Session session, Map<Operand<TFloat32>, TensorValue> feeds) {
    CriticSteps critic = built.critic();
    GeneratorSteps generator = built.generator();
    Map<String, Operand<TFloat32>> fetches = new LinkedHashMap<>();
    for (int j = 0; j < critic.losses().size(); j++) {
      fetches.put("critic_losses" + j, critic.losses().get(j));
      fetches.put("penalties" + j, critic.penalties().get(j));
      fetches.put("reconstructions" + j, generator.reconstructions().get(j));
    }
    fetches.put("adversarial", generator.adversarial());
    named(fetches, "gradient:", built.job().store(), "critic/", critic.firstGradients());
    named(
        fetches,
        "gradient_generator:",
        built.job().store(),
        PyramidGraph.generatorScope(scale) + "/",
        generator.firstGradients());
    List<Tensor> fed = new ArrayList<>();
    Map<String, double[]> results = new LinkedHashMap<>();
    try {
      Session.Runner runner = session.runner();
      feeds.forEach(
          (input, value) -> {
            Tensor tensor = Tensors.toTensor(shaped(value, input.shape()));
            fed.add(tensor);
            runner.feed(input, tensor);
          });
      fetches.values().forEach(runner::fetch);
      try (Result result = runner.addTarget(built.takeStep()).run()) {
        int index = 0;
        for (String name : fetches.keySet()) {
          results.put(name, wide(Tensors.toValue(result.get(index++)).floats()));
        }
      }
    } finally {
      fed.forEach(Tensor::close);
    }
    built
        .job()
        .store()
        .values(session)
        .forEach(
            (name, values) ->
                theirName(name)
                    .filter(key -> key.indexOf(':') < 0)
                    .ifPresent(key -> results.put(key, wide(values))));
    return results;
  }

  private static TensorValue shaped(TensorValue value, Shape shape) {
    return TensorValue.of(value.floats(), shape.asArray());
  }

  private void named(
      Map<String, Operand<TFloat32>> fetches,
      String prefix,
      VariableStore store,
      String scope,
      List<Operand<TFloat32>> gradients) {
    List<String> names =
        store.trainable().stream().map(Variable::name).filter(n -> n.startsWith(scope)).toList();
    for (int i = 0; i < names.size(); i++) {
      fetches.put(prefix + theirName(names.get(i)).orElseThrow(), gradients.get(i));
    }
  }

  private static double[] wide(float[] values) {
    double[] wide = new double[values.length];
    for (int i = 0; i < values.length; i++) {
      wide[i] = values[i];
    }
    return wide;
  }
}
