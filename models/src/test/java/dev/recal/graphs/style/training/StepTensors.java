package dev.recal.graphs.style.training;

import dev.recal.graphs.features.RandomConvolutions;
import dev.recal.graphs.training.LossStep;
import dev.recal.ops.GraphScope;
import dev.recal.ops.Variable;
import dev.recal.ops.VariableStore;
import dev.recal.savedmodels.tensor.TensorValue;
import dev.recal.savedmodels.tensor.Tensors;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.function.ToDoubleFunction;
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
 * The tensors of a training step, as the scripts of {@code interop/} name them.
 *
 * @param network a regular expression of the names of the network's variables
 */
record StepTensors(String network) {

  private static final String OPTIMISER = "optimiser/";

  /** Returns images in 0–1. */
  static TensorValue uniform(Random random, int count, int height, int width) {
    float[] values = new float[count * height * width * 3];
    for (int i = 0; i < values.length; i++) {
      values[i] = random.nextFloat();
    }
    return TensorValue.of(values, count, height, width, 3);
  }

  /**
   * Gives all variables random values. Those of second moments are not zero, so that an update is a
   * smooth function of the gradient and not its sign.
   *
   * @param deviation of a kernel
   */
  static void scatter(
      VariableStore store, Session session, ToDoubleFunction<Variable<?>> deviation) {
    Random random = new Random(3);
    Map<String, float[]> values = new LinkedHashMap<>();
    for (Variable<?> variable : store.all()) {
      if (variable.type() != TFloat32.class) {
        continue;
      }
      float[] array = new float[Math.toIntExact(variable.size())];
      String name = variable.name();
      String last = name.substring(name.lastIndexOf('/') + 1);
      float kernel = last.equals("kernel") ? (float) deviation.applyAsDouble(variable) : 0;
      for (int i = 0; i < array.length; i++) {
        float normal = (float) random.nextGaussian();
        float positive = 0.5f + random.nextFloat();
        array[i] =
            switch (last) {
              case "kernel" -> kernel * normal;
              case "gamma", "moving_variance" -> positive;
              case "second_moment" -> 1e-3f * positive;
              case "first_moment" -> 1e-3f * normal;
              default -> 0.2f * normal;
            };
      }
      values.put(name, array);
    }
    store.assign(session, values);
  }

  /** Returns the network's variables and the slots of the optimiser. */
  Map<String, TensorValue> variables(VariableStore store, Session session) {
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

  private Optional<String> theirName(String name) {
    if (name.startsWith(OPTIMISER)) {
      int end = name.lastIndexOf('/');
      return Optional.of(name.substring(end + 1) + ":" + name.substring(OPTIMISER.length(), end));
    }
    return name.matches(network) ? Optional.of(name) : Optional.empty();
  }

  /** Returns the kernels of the random loss network, read from its graph. */
  static Map<String, TensorValue> kernels(long seed) {
    Map<String, TensorValue> kernels = new LinkedHashMap<>();
    List<Integer> channels = List.of(16, 32, 64, 128);
    try (Graph graph = new Graph();
        Session session = new Session(graph)) {
      Ops tf = GraphScope.ops(graph);
      new RandomConvolutions(seed, channels)
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

  /**
   * Takes a step.
   *
   * @param trained the names of the trained variables, in the store's order
   * @param inputs the fed images
   * @return what it computed and changed, named as PyTorch's results are
   */
  Map<String, double[]> take(
      LossStep step,
      VariableStore store,
      List<String> trained,
      Session session,
      Map<Operand<TFloat32>, TensorValue> inputs) {
    Map<String, Operand<TFloat32>> fetches = new LinkedHashMap<>();
    step.losses().forEach((name, loss) -> fetches.put(lossName(name), loss));
    for (int i = 0; i < trained.size(); i++) {
      fetches.put("gradient:" + trained.get(i), step.gradients().get(i));
    }
    Map<String, double[]> results = new LinkedHashMap<>();
    List<Tensor> fed = new ArrayList<>();
    try {
      Session.Runner runner = session.runner().addTarget(step.apply());
      inputs.forEach(
          (input, values) -> {
            fed.add(Tensors.toTensor(values));
            runner.feed(input, fed.get(fed.size() - 1));
          });
      fetches.values().forEach(runner::fetch);
      try (Result result = runner.run()) {
        int index = 0;
        for (String name : fetches.keySet()) {
          results.put(name, wide(Tensors.toValue(result.get(index++)).floats()));
        }
      }
    } finally {
      fed.forEach(Tensor::close);
    }
    variables(store, session)
        .forEach(
            (name, value) -> {
              if (name.indexOf(':') < 0) {
                results.put(name, wide(value.floats()));
              }
            });
    return results;
  }

  // The name of a case's image is "style".
  private static String lossName(String name) {
    return name.equals("style") ? "style_loss" : name;
  }

  private static double[] wide(float[] values) {
    double[] wide = new double[values.length];
    for (int i = 0; i < values.length; i++) {
      wide[i] = values[i];
    }
    return wide;
  }
}
