package dev.recal.ops.testing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.recal.ops.BuildContext;
import dev.recal.ops.Layer;
import dev.recal.ops.Tower;
import dev.recal.ops.Variable;
import dev.recal.ops.VariableStore;
import dev.recal.ops.gradient.Gradients;
import dev.recal.ops.gradient.NumericGradient;
import dev.recal.ops.runtime.Sessions;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.stream.IntStream;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Session;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.types.TFloat32;

/** One layer in a separate graph, with an input, random variables and a session. */
public final class LayerTrial implements AutoCloseable {

  private final Graph graph = new Graph();
  private final VariableStore store = new VariableStore(graph, 3);
  private final BuildContext context;
  private final Placeholder<TFloat32> x;
  private final Operand<TFloat32> y;
  private final Session session;
  private final Shape shape;
  private final float[] input;
  private final List<Operand<TFloat32>> outputAndGradients = new ArrayList<>();

  private LayerTrial(Layer layer, Tower tower, Shape known, Shape shape, float[] input) {
    this.shape = shape;
    this.input = input;
    context = BuildContext.of(store, tower);
    x = Ops.create(graph).placeholder(TFloat32.class, Placeholder.shape(known));
    // A layer may return its input, and what is fed may not be fetched.
    y = Ops.create(graph).identity(layer.build(context, x));
    session = Sessions.optimisedOnce(graph);
    store.initialize(session);
  }

  /** A layer in training on values from N(0, 1). */
  public static LayerTrial training(Layer layer, Shape shape) {
    return of(layer, Tower.training(), shape, normal(shape));
  }

  /** A layer in inference on values from N(0, 1). */
  public static LayerTrial inference(Layer layer, Shape shape) {
    return of(layer, Tower.inference(), shape, normal(shape));
  }

  /** A layer on given values. */
  public static LayerTrial of(Layer layer, Tower tower, Shape shape, float... input) {
    return new LayerTrial(layer, tower, shape, shape, input);
  }

  /** A layer in inference whose input's height and width are known at run time only. */
  public static LayerTrial dynamic(Layer layer, Shape shape) {
    Shape known = Shape.of(-1, -1, -1, shape.get(3));
    return new LayerTrial(layer, Tower.inference(), known, shape, normal(shape));
  }

  /** Returns reproducible values from N(0, 1). */
  public static float[] normal(Shape shape) {
    Random random = new Random(5);
    float[] values = new float[(int) shape.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return values;
  }

  /** Gives every variable random values; moving variances positive ones. */
  public LayerTrial scatter() {
    Random random = new Random(11);
    Map<String, float[]> all = new LinkedHashMap<>();
    for (Variable<TFloat32> variable : floats()) {
      float[] values = new float[(int) variable.size()];
      boolean positive = variable.name().endsWith("variance");
      for (int i = 0; i < values.length; i++) {
        double value = 0.6 * random.nextGaussian();
        values[i] = (float) (positive ? 0.5 + Math.abs(value) : value);
      }
      all.put(variable.name(), values);
    }
    store.assign(session, all);
    return this;
  }

  /** Gives one variable values. */
  public LayerTrial assign(String name, float... values) {
    store.assign(session, Map.of(name, values));
    return this;
  }

  /** Returns a variable's values. */
  public float[] variable(String name) {
    return floats().stream()
        .filter(variable -> variable.name().equals(name))
        .map(variable -> store.values(session, variable))
        .findFirst()
        .orElseThrow();
  }

  /** Returns the names of all variables. */
  public List<String> names() {
    return store.all().stream().map(Variable::name).toList();
  }

  private List<Variable<TFloat32>> floats() {
    List<Variable<TFloat32>> found = new ArrayList<>(store.trainable());
    store.all().stream()
        .filter(variable -> !variable.trainable())
        .forEach(variable -> found.add(asFloat(variable)));
    return found;
  }

  @SuppressWarnings("unchecked")
  private static Variable<TFloat32> asFloat(Variable<?> variable) {
    assertThat(variable.type()).isEqualTo(TFloat32.class);
    return (Variable<TFloat32>) variable;
  }

  /** Returns the values of the input. */
  public float[] input() {
    return input;
  }

  /** Returns the output's static shape. */
  public Shape shape() {
    return y.shape();
  }

  /** Returns the context, with what the layer registered. */
  public BuildContext context() {
    return context;
  }

  /** Returns the number of trainable values. */
  public long parameters() {
    return store.parameters();
  }

  /** Returns the output, row-major. */
  public float[] output() {
    return values(List.of(y)).get(0);
  }

  /** Moves every statistic by one step. */
  public void update() {
    try (TFloat32 tensor = TFloat32.tensorOf(shape, DataBuffers.of(input))) {
      Session.Runner runner = session.runner().feed(x, tensor);
      for (Op op : context.updates()) {
        runner.addTarget(op);
      }
      runner.run().close();
    }
  }

  /** Returns the gradients of Σ y ⊙ w, w from N(0, 1): for the input, then for each variable. */
  public List<float[]> gradients() {
    return values(gradientsOf(differentiated()));
  }

  private List<Operand<TFloat32>> gradientsOf(List<Operand<TFloat32>> xs) {
    return Gradients.of(y, xs, Optional.of(weights()));
  }

  private Operand<TFloat32> weights() {
    Ops tf = Ops.create(graph);
    return tf.reshape(tf.constant(weightValues()), tf.shape(y));
  }

  private float[] weightValues() {
    int size = y.shape().hasUnknownDimension() ? output().length : (int) y.shape().size();
    float[] weights = new float[size];
    Random random = new Random(17);
    for (int i = 0; i < weights.length; i++) {
      weights[i] = (float) random.nextGaussian();
    }
    return weights;
  }

  private List<Operand<TFloat32>> differentiated() {
    List<Operand<TFloat32>> xs = new ArrayList<>();
    xs.add(x);
    store.trainable().forEach(variable -> xs.add(variable.read()));
    return xs;
  }

  /** Compares every gradient with central differences along random directions. */
  public void checkGradients() {
    List<Operand<TFloat32>> xs = differentiated();
    List<Operand<TFloat32>> both = new ArrayList<>(gradientsOf(xs));
    both.addAll(xs);
    List<float[]> fetched = values(both);
    List<float[]> gradients = fetched.subList(0, xs.size());
    List<float[]> points = fetched.subList(xs.size(), both.size());
    float[] weights = weightValues();
    for (int i = 0; i < xs.size(); i++) {
      int index = i;
      String name = i == 0 ? "input" : store.trainable().get(i - 1).name();
      assertThat(
              NumericGradient.compare(
                  name,
                  points.get(i),
                  gradients.get(i),
                  point -> loss(xs, with(points, index, point), weights)))
          .allMatch(NumericGradient::agrees);
    }
  }

  private static List<float[]> with(List<float[]> points, int index, float[] point) {
    List<float[]> all = new ArrayList<>(points);
    all.set(index, point);
    return all;
  }

  // Every variable is fed, moved or not: TensorFlow optimises the graph for each set of feeds
  // again.
  private double loss(List<Operand<TFloat32>> xs, List<float[]> points, float[] weights) {
    List<TFloat32> tensors = new ArrayList<>();
    try {
      Session.Runner runner = session.runner();
      for (int i = 0; i < xs.size(); i++) {
        Shape place = i == 0 ? shape : xs.get(i).shape();
        tensors.add(TFloat32.tensorOf(place, DataBuffers.of(points.get(i))));
        runner.feed(xs.get(i), tensors.get(i));
      }
      try (var result = runner.fetch(y).run()) {
        float[] outputs = array((TFloat32) result.get(0));
        return IntStream.range(0, outputs.length)
            .mapToDouble(i -> (double) outputs[i] * weights[i])
            .sum();
      }
    } finally {
      tensors.forEach(TFloat32::close);
    }
  }

  /** Asserts that outputs and gradients hold no NaN and no infinity. */
  public void checkFinite() {
    checkFinite(input);
  }

  /** Asserts the same on other values of the input's shape. */
  public void checkFinite(float... other) {
    if (outputAndGradients.isEmpty()) {
      outputAndGradients.add(y);
      outputAndGradients.addAll(gradientsOf(differentiated()));
    }
    for (float[] values : values(outputAndGradients, other)) {
      for (float value : values) {
        assertThat(value).isFinite();
      }
    }
  }

  /** Returns the values of operands from one run on the input. */
  public List<float[]> values(List<? extends Operand<TFloat32>> operands) {
    return values(operands, input);
  }

  private List<float[]> values(List<? extends Operand<TFloat32>> operands, float[] fed) {
    if (operands.stream().allMatch(this::isInput)) {
      return operands.stream().map(operand -> fed.clone()).toList();
    }
    try (TFloat32 tensor = TFloat32.tensorOf(shape, DataBuffers.of(fed))) {
      Session.Runner runner = session.runner().feed(x, tensor);
      operands.stream().filter(operand -> !isInput(operand)).forEach(runner::fetch);
      try (var result = runner.run()) {
        List<float[]> values = new ArrayList<>();
        int next = 0;
        for (Operand<TFloat32> operand : operands) {
          // What is fed may not be fetched.
          values.add(isInput(operand) ? fed.clone() : array((TFloat32) result.get(next++)));
        }
        return values;
      }
    }
  }

  private boolean isInput(Operand<TFloat32> operand) {
    return operand.asOutput().equals(x.asOutput());
  }

  /** Returns all values of a tensor. */
  public static float[] array(TFloat32 tensor) {
    float[] array = new float[Math.toIntExact(tensor.size())];
    tensor.asRawTensor().data().asFloats().read(array);
    return array;
  }

  @Override
  public void close() {
    session.close();
    graph.close();
  }
}
