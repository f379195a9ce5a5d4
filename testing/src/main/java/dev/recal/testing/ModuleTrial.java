package dev.recal.testing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.recal.ops.BuildContext;
import dev.recal.ops.GraphScope;
import dev.recal.ops.Tower;
import dev.recal.ops.Variable;
import dev.recal.ops.VariableStore;
import dev.recal.ops.gradient.Gradients;
import dev.recal.ops.gradient.NumericGradient;
import dev.recal.ops.runtime.Graphs;
import dev.recal.ops.runtime.Sessions;
import dev.recal.savedmodels.tensor.TensorValue;
import dev.recal.savedmodels.tensor.Tensors;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.Tensor;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.types.TFloat32;

/** A module in a separate graph, with random inputs and variables. */
final class ModuleTrial implements AutoCloseable {

  private final ModuleSample sample;
  private final Graph graph = Graphs.create();
  private final VariableStore store = new VariableStore(graph, 3);
  private final BuildContext context;
  private final Map<String, Placeholder<TFloat32>> placeholders;
  private final Operand<TFloat32> output;
  private final Session session;
  private final Map<String, float[]> inputs = new TreeMap<>();
  private final List<Operand<TFloat32>> outputAndGradients = new ArrayList<>();
  private final Random random = new Random(11);

  ModuleTrial(ModuleSample sample, Tower tower) {
    this.sample = sample;
    this.context = BuildContext.of(store, tower);
    this.placeholders = placeholders(graph, "feeds", sample);
    this.output = sample.build(context, placeholders);
    this.session = Sessions.optimisedOnce(graph);
    store.initialize(session);
    sample.inputs().forEach((name, shape) -> inputs.put(name, normal(shape, 1)));
    // First values are often symmetric; a wrong gradient could hide behind a zero.
    Map<String, float[]> values = new LinkedHashMap<>();
    List<float[]> first = store.values(session, store.trainable());
    for (Variable<TFloat32> variable : store.trainable()) {
      float[] moved = first.get(values.size());
      float[] noise = normal(variable.shape(), 0.3f);
      for (int i = 0; i < moved.length; i++) {
        moved[i] += noise[i];
      }
      values.put(variable.name(), moved);
    }
    store.assign(session, values);
  }

  static Map<String, Placeholder<TFloat32>> placeholders(
      Graph graph, String scope, ModuleSample sample) {
    Ops tf = GraphScope.ops(graph).withSubScope("inputs_" + scope);
    Map<String, Placeholder<TFloat32>> made = new TreeMap<>();
    sample
        .inputs()
        .forEach(
            (name, shape) ->
                made.put(
                    name, tf.withName(name).placeholder(TFloat32.class, Placeholder.shape(shape))));
    return made;
  }

  Graph graph() {
    return graph;
  }

  VariableStore store() {
    return store;
  }

  BuildContext context() {
    return context;
  }

  Session session() {
    return session;
  }

  Operand<TFloat32> output() {
    return output;
  }

  Map<String, Operand<?>> placeholders() {
    return new LinkedHashMap<>(placeholders);
  }

  Map<String, TensorValue> inputs() {
    Map<String, TensorValue> values = new TreeMap<>();
    inputs.forEach(
        (name, array) ->
            values.put(name, TensorValue.of(array, sample.inputs().get(name).asArray())));
    return values;
  }

  TensorValue run(Operand<TFloat32> fetch) {
    return run(List.of(fetch)).get(0);
  }

  private List<TensorValue> run(List<Operand<TFloat32>> fetches) {
    List<Tensor> fed = new ArrayList<>();
    try {
      Session.Runner runner = session.runner();
      inputs()
          .forEach(
              (name, value) -> {
                Tensor tensor = Tensors.toTensor(value);
                fed.add(tensor);
                runner.feed(placeholders.get(name), tensor);
              });
      fetches.forEach(runner::fetch);
      try (Result result = runner.run()) {
        List<TensorValue> values = new ArrayList<>();
        result.forEach(entry -> values.add(Tensors.toValue(entry.getValue())));
        return values;
      }
    } finally {
      fed.forEach(Tensor::close);
    }
  }

  /** Returns the gradients of the inputs and then of the variables, along a random direction. */
  List<TensorValue> gradients() {
    return gradients(normal(output.shape(), 1));
  }

  private List<TensorValue> gradients(float[] cotangent) {
    Ops tf = GraphScope.ops(graph).withSubScope("gradients");
    Operand<TFloat32> weight =
        tf.reshape(tf.constant(cotangent), tf.constant(output.shape().asArray()));
    List<Operand<TFloat32>> sources = new ArrayList<>(placeholders.values());
    store.trainable().forEach(variable -> sources.add(variable.read()));
    List<Operand<TFloat32>> gradients = new ArrayList<>();
    Gradients.of(output, sources, Optional.of(weight))
        .forEach(gradient -> gradients.add(tf.identity(gradient)));
    return run(gradients);
  }

  /** Compares gradients with central differences along random directions. */
  void assertGradients() {
    float[] cotangent = normal(output.shape(), 1);
    List<TensorValue> values = gradients(cotangent);
    values.forEach(this::assertFinite);
    if (!sample.differentiable()) {
      return;
    }
    int index = 0;
    for (String name : placeholders.keySet()) {
      float[] here = inputs.get(name);
      float[] gradient = values.get(index++).floats();
      check("input " + name, here, gradient, cotangent, moved -> inputs.put(name, moved));
    }
    List<Variable<TFloat32>> variables = store.trainable();
    Map<String, float[]> points = new LinkedHashMap<>();
    for (float[] point : store.values(session, variables)) {
      points.put(variables.get(points.size()).name(), point);
    }
    for (String name : List.copyOf(points.keySet())) {
      float[] gradient = values.get(index++).floats();
      check(
          name,
          points.get(name),
          gradient,
          cotangent,
          moved -> {
            // All in one run: a session optimises the graph again for each set of feeds.
            points.put(name, moved);
            store.assign(session, points);
          });
    }
  }

  /** Gives every input one value everywhere. */
  ModuleTrial constant(float value) {
    inputs.values().forEach(array -> Arrays.fill(array, value));
    return this;
  }

  /** Asserts that the output and all gradients of its sum are finite. */
  void assertFinite() {
    if (outputAndGradients.isEmpty()) {
      List<Operand<TFloat32>> sources = new ArrayList<>(placeholders.values());
      store.trainable().forEach(variable -> sources.add(variable.read()));
      Ops tf = GraphScope.ops(graph).withSubScope("fetches");
      outputAndGradients.add(output);
      Gradients.of(output, sources)
          .forEach(gradient -> outputAndGradients.add(tf.identity(gradient)));
    }
    run(outputAndGradients).forEach(this::assertFinite);
  }

  private void assertFinite(TensorValue value) {
    for (float number : value.floats()) {
      assertThat(number).as(sample + " on " + sample.inputs()).isFinite();
    }
  }

  private void check(
      String name, float[] here, float[] gradient, float[] cotangent, Consumer<float[]> set) {
    List<NumericGradient> compared =
        NumericGradient.compare(
            name,
            here,
            gradient,
            point -> {
              set.accept(point);
              return weightedSum(cotangent);
            });
    set.accept(here);
    assertThat(compared).as("%s", sample).allMatch(NumericGradient::agrees);
  }

  private double weightedSum(float[] cotangent) {
    float[] values = run(output).floats();
    double sum = 0;
    for (int i = 0; i < values.length; i++) {
      sum += (double) values[i] * cotangent[i];
    }
    return sum;
  }

  private float[] normal(Shape shape, float deviation) {
    float[] values = new float[Math.toIntExact(shape.size())];
    for (int i = 0; i < values.length; i++) {
      values[i] = deviation * (float) random.nextGaussian();
    }
    return values;
  }

  @Override
  public void close() {
    session.close();
    graph.close();
  }
}
