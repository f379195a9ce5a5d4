package dev.recal.ops;

import java.util.HashMap;
import java.util.Map;
import org.tensorflow.ConcreteFunction;
import org.tensorflow.DeviceSpec;
import org.tensorflow.ExecutionEnvironment;
import org.tensorflow.Graph;
import org.tensorflow.Operation;
import org.tensorflow.OperationBuilder;
import org.tensorflow.op.Ops;
import org.tensorflow.op.Scope;

/**
 * A scope that names operations by their path.
 *
 * <p>TensorFlow's own {@code withSubScope} reads the whole graph each time, which makes building
 * quadratic: a ResNet-101 took 15 s. This one asks the graph for single names. Entering a scope
 * twice is entering the same scope; only operations are numbered.
 */
final class PathScope implements Scope {

  private final Graph graph;
  // Devices, control dependencies and initialisation are left to TensorFlow's scope.
  private final Scope plain;
  private final String prefix;
  private final String word;
  private final Map<String, Integer> used;

  private PathScope(
      Graph graph, Scope plain, String prefix, String word, Map<String, Integer> used) {
    this.graph = graph;
    this.plain = plain;
    this.prefix = prefix;
    this.word = word;
    this.used = used;
  }

  /** Returns operations at the root of a graph, whose sub-scopes are cheap. */
  static Ops root(Graph graph) {
    Scope scope = new PathScope(graph, graph.baseScope(), "", null, new HashMap<>());
    return Ops.create(new Root(graph, scope));
  }

  @Override
  public ExecutionEnvironment env() {
    return graph;
  }

  @Override
  public Scope withSubScope(String name) {
    String inner = prefix + checked(word == null ? name : word) + "/";
    return new PathScope(graph, plain, inner, null, new HashMap<>());
  }

  @Override
  public Scope withName(String name) {
    return new PathScope(graph, plain, prefix, checked(name), used);
  }

  @Override
  public Scope withNameAsSubScope(String defaultName) {
    return withSubScope(defaultName);
  }

  @Override
  public Scope withDevice(DeviceSpec device) {
    return new PathScope(graph, plain.withDevice(device), prefix, word, used);
  }

  @Override
  public Scope withInitScope() {
    return new PathScope(graph, plain.withInitScope(), prefix, word, used);
  }

  @Override
  public Scope withControlDependencyOps(Iterable<Operation> controls) {
    return new PathScope(graph, plain.withControlDependencyOps(controls), prefix, word, used);
  }

  @Override
  public String makeOpName(String defaultName) {
    return prefix + makeUnique(checked(word == null ? defaultName : word));
  }

  @Override
  public String makeUnique(String name) {
    int next = used.getOrDefault(name, 0);
    String candidate = numbered(name, next);
    while (graph.operation(prefix + candidate) != null) {
      next++;
      candidate = numbered(name, next);
    }
    used.put(name, next + 1);
    return candidate;
  }

  private static String numbered(String name, int number) {
    return number == 0 ? name : name + "_" + number;
  }

  @Override
  public void refreshNames() {
    // The graph itself is asked for every name.
  }

  @Override
  public OperationBuilder apply(OperationBuilder builder) {
    return plain.apply(builder);
  }

  @Override
  public String getDeviceString() {
    return plain.getDeviceString();
  }

  @Override
  public boolean isInit() {
    return plain.isInit();
  }

  private static String checked(String name) {
    if (!Scope.isValidOpName(name)) {
      throw new IllegalArgumentException(
          "name: a scope or operation is named with letters, digits, '_', '.' and '-', but '"
              + name
              + "' came.");
    }
    return name;
  }

  /** The graph with another scope to start from: the only way to give an {@link Ops} its scope. */
  private record Root(Graph graph, Scope baseScope) implements ExecutionEnvironment {
    @Override
    public OperationBuilder opBuilder(String type, String name, Scope scope) {
      return graph.opBuilder(type, name, scope);
    }

    @Override
    public void attachFunction(ConcreteFunction function) {
      graph.attachFunction(function);
    }

    @Override
    public void checkInput(Operation input) {
      graph.checkInput(input);
    }

    @Override
    public Types environmentType() {
      return graph.environmentType();
    }

    @Override
    public boolean isInitializer(Operation operation) {
      return graph.isInitializer(operation);
    }
  }
}
