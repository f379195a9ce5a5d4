package dev.recal.ops;

import dev.recal.ops.initializer.Initializer;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Session;
import org.tensorflow.Tensor;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.op.Op;
import org.tensorflow.op.Operands;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.VarHandleOp;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt64;
import org.tensorflow.types.family.TNumber;
import org.tensorflow.types.family.TType;

/**
 * The variables of one graph, in creation order.
 *
 * <p>Not thread-safe. Values live in a session, not here.
 */
public final class VariableStore {

  private final Graph graph;
  private final long seed;
  private final Replicas replicas;
  private final ProductFormat products;
  private final Ops tf;
  private final Map<String, Variable<?>> variables = new LinkedHashMap<>();

  /**
   * Creates an empty store.
   *
   * @param graph the graph that the variables are added to
   * @param seed the random seed of initial values; a variable's value depends only on the seed and
   *     its name
   */
  public VariableStore(Graph graph, long seed) {
    this(graph, seed, ProductFormat.FLOAT32, Replicas.single());
  }

  /**
   * Creates an empty store of one of several replicas of a network.
   *
   * @param graph the graph that the variables are added to
   * @param seed the random seed of initial values, the same in all replicas
   * @param replicas the group that trains together
   */
  public VariableStore(Graph graph, long seed, Replicas replicas) {
    this(graph, seed, ProductFormat.FLOAT32, replicas);
  }

  /**
   * Creates an empty store for a graph whose layers compute products in another format.
   *
   * @param graph the graph that the variables are added to
   * @param seed the random seed of initial values, the same in all replicas
   * @param products the format of all towers of the graph
   * @param replicas the group that trains together
   */
  public VariableStore(Graph graph, long seed, ProductFormat products, Replicas replicas) {
    this.graph = graph;
    this.seed = seed;
    this.products = products;
    this.replicas = replicas;
    this.tf = GraphScope.ops(graph);
  }

  /** Returns the graph. */
  public Graph graph() {
    return graph;
  }

  /** Returns the replicas of the network that train together, as this graph sees them. */
  public Replicas replicas() {
    return replicas;
  }

  /** Returns the seed. */
  public long seed() {
    return seed;
  }

  /** Returns the number format of convolutions and matrix products. */
  public ProductFormat products() {
    return products;
  }

  /**
   * Creates a float32 variable.
   *
   * @param path its full name, for example {@code stage1/block0/conv1/kernel}
   * @param spec shape, initial value and role; its name must be the last part of the path
   * @throws IllegalArgumentException if the name is taken
   */
  public Variable<TFloat32> create(String path, VariableSpec spec) {
    Initializer initializer = spec.initializer();
    Ops scope = initialScope(path);
    Operand<TFloat32> value = initializer.values(scope, spec.shape(), Seeds.derive(seed, path));
    return make(path, TFloat32.class, spec.shape(), value, spec.trainable(), spec.decayed());
  }

  /**
   * Returns the float32 variable of a name, created if there is none.
   *
   * @throws IllegalArgumentException if the variable is not float32
   */
  public Variable<TFloat32> findOrCreate(String path, VariableSpec spec) {
    return find(path).map(VariableStore::asFloat).orElseGet(() -> create(path, spec));
  }

  /**
   * Creates an int64 scalar that starts at zero, for example a step counter.
   *
   * @throws IllegalArgumentException if the name is taken
   */
  public Variable<TInt64> counter(String path) {
    Ops scope = initialScope(path);
    return make(path, TInt64.class, Shape.scalar(), scope.constant(0L), false, false);
  }

  /** Returns the variable of that name, if there is one. */
  public Optional<Variable<?>> find(String path) {
    return Optional.ofNullable(variables.get(path));
  }

  /** Returns all variables in creation order. */
  public Collection<Variable<?>> all() {
    return Collections.unmodifiableCollection(variables.values());
  }

  /** Returns the float32 variables that optimisers change. */
  public List<Variable<TFloat32>> trainable() {
    return variables.values().stream()
        .filter(Variable::trainable)
        .map(VariableStore::asFloat)
        .toList();
  }

  /** Returns the number of trainable values. */
  public long parameters() {
    return trainable().stream().mapToLong(Variable::size).sum();
  }

  /** Initialises every variable. Initial values do not depend on other variables. */
  public void initialize(Session session) {
    if (variables.isEmpty()) {
      return;
    }
    Session.Runner runner = session.runner();
    variables.values().forEach(variable -> runner.addTarget(variable.initializer()));
    runner.run().close();
  }

  /**
   * Replaces the values of float32 variables.
   *
   * @param values by full name; row-major
   * @throws IllegalArgumentException if a name is unknown, its variable is not float32, or a length
   *     does not match
   */
  public void assign(Session session, Map<String, float[]> values) {
    if (values.isEmpty()) {
      return;
    }
    List<Tensor> tensors = new ArrayList<>();
    try {
      // In one run, because a session optimises the whole graph again for each set of feeds.
      Session.Runner runner = session.runner();
      values.forEach(
          (path, array) -> {
            Variable<?> variable = assignable(path, array);
            Tensor tensor = TFloat32.tensorOf(variable.shape(), DataBuffers.of(array));
            tensors.add(tensor);
            runner.feed(variable.initialValue(), tensor).addTarget(variable.initializer());
          });
      runner.run().close();
    } finally {
      tensors.forEach(Tensor::close);
    }
  }

  private Variable<?> assignable(String path, float[] array) {
    Variable<?> variable = variables.get(path);
    if (variable == null) {
      throw new IllegalArgumentException(
          "values: there is no variable '" + path + "'; known are " + variables.keySet() + ".");
    }
    if (variable.type() != TFloat32.class) {
      throw new IllegalArgumentException(
          "values: variable '"
              + path
              + "' holds "
              + variable.type().getSimpleName()
              + ", but got float32 values.");
    }
    if (variable.size() != array.length) {
      throw new IllegalArgumentException(
          "values: variable '"
              + path
              + "' of shape "
              + variable.shape()
              + " takes "
              + variable.size()
              + " values, but got "
              + array.length
              + ".");
    }
    return variable;
  }

  /** Returns the values of a float32 variable, row-major. */
  public float[] values(Session session, Variable<TFloat32> variable) {
    return values(session, List.of(variable)).get(0);
  }

  /** Returns the values of all float32 variables by name, row-major, from one run. */
  public Map<String, float[]> values(Session session) {
    List<Variable<TFloat32>> floats =
        variables.values().stream()
            .filter(variable -> variable.type() == TFloat32.class)
            .map(VariableStore::asFloat)
            .toList();
    List<float[]> arrays = values(session, floats);
    Map<String, float[]> values = new LinkedHashMap<>();
    for (int i = 0; i < arrays.size(); i++) {
      values.put(floats.get(i).name(), arrays.get(i));
    }
    return values;
  }

  /** Returns the values of float32 variables, row-major, from one run. */
  public List<float[]> values(Session session, List<Variable<TFloat32>> variables) {
    if (variables.isEmpty()) {
      return List.of();
    }
    Session.Runner runner = session.runner();
    variables.forEach(variable -> runner.fetch(variable.read()));
    try (var result = runner.run()) {
      List<float[]> values = new ArrayList<>();
      for (int i = 0; i < variables.size(); i++) {
        float[] array = new float[Math.toIntExact(variables.get(i).size())];
        ((TFloat32) result.get(i)).asRawTensor().data().asFloats().read(array);
        values.add(array);
      }
      return values;
    }
  }

  @SuppressWarnings("unchecked")
  static Variable<TFloat32> asFloat(Variable<?> variable) {
    if (variable.type() != TFloat32.class) {
      throw new IllegalArgumentException(
          "variable '" + variable.name() + "' is " + variable.type() + ", not float32.");
    }
    return (Variable<TFloat32>) variable;
  }

  private Ops initialScope(String path) {
    if (variables.containsKey(path)) {
      throw new IllegalArgumentException(
          "name: expected a name that no other layer uses, but got '" + path + "'.");
    }
    return scoped(path).withSubScope("Initializer");
  }

  private Ops scoped(String path) {
    Ops scope = tf;
    for (String word : path.split("/")) {
      scope = scope.withSubScope(word);
    }
    return scope;
  }

  private <T extends TNumber> Variable<T> make(
      String path,
      Class<T> type,
      Shape shape,
      Operand<T> initial,
      boolean trainable,
      boolean decayed) {
    Operand<? extends TType> handle = handle(path, type, shape);
    Ops scope = scoped(path);
    Op assign = scope.withName("Assign").assignVariableOp(handle, initial);
    Operand<T> read =
        scope.withSubScope("Read").withName("ReadVariableOp").readVariableOp(handle, type);
    Variable<T> variable =
        new Variable<>(
            path, type, shape, trainable, decayed, handle, read, initial.asOutput(), assign.op());
    variables.put(path, variable);
    return variable;
  }

  // The generated VarHandleOp rejects names with slashes; the graph itself accepts them.
  private Operand<? extends TType> handle(String path, Class<? extends TType> type, Shape shape) {
    var builder = graph.opBuilder(VarHandleOp.OP_NAME, path, graph.baseScope());
    builder.setAttr("dtype", Operands.toDataType(type));
    builder.setAttr("shape", shape);
    builder.setAttr("shared_name", path);
    return new VarHandleOp(builder.build());
  }
}
