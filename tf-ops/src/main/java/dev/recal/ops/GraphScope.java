package dev.recal.ops;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.WeakHashMap;
import org.tensorflow.ConcreteFunction;
import org.tensorflow.DeviceSpec;
import org.tensorflow.ExecutionEnvironment;
import org.tensorflow.Graph;
import org.tensorflow.Operation;
import org.tensorflow.OperationBuilder;
import org.tensorflow.op.Ops;
import org.tensorflow.op.Scope;

/**
 * Names of operations in a graph. A scope that is entered twice keeps its name.
 *
 * <p>TensorFlow Java's own scopes rename a scope that is entered again ({@code stage1_1}), and read
 * the names of all operations on every entry, which makes the build time quadratic in the size of
 * the network.
 */
public final class GraphScope implements Scope {

  // The number of requests for each name, to find the next free number at once.
  private static final Map<Graph, Map<String, Integer>> USED =
      Collections.synchronizedMap(new WeakHashMap<>());

  private final Graph graph;
  private final Map<String, Integer> used;
  private final String prefix;
  private final String opName;
  private final List<Operation> controls;
  private final DeviceSpec device;

  private GraphScope(
      Graph graph,
      Map<String, Integer> used,
      String prefix,
      String opName,
      List<Operation> controls,
      DeviceSpec device) {
    this.graph = graph;
    this.used = used;
    this.prefix = prefix;
    this.opName = opName;
    this.controls = controls;
    this.device = device;
  }

  /** Returns the operations of a graph, outside any scope. */
  public static Ops ops(Graph graph) {
    Map<String, Integer> used = USED.computeIfAbsent(graph, key -> new HashMap<>());
    return Ops.create(
        new Environment(graph, new GraphScope(graph, used, "", null, List.of(), null)));
  }

  /**
   * Returns the operations of the graph that TensorFlow Java gives a function's body, named here:
   * its own scopes number names in the digits of the machine's locale.
   *
   * @param tf of a graph under construction
   */
  public static Ops named(Ops tf) {
    return ops((Graph) tf.scope().env());
  }

  @Override
  public ExecutionEnvironment env() {
    return graph;
  }

  @Override
  public Scope withSubScope(String name) {
    requireWord(name);
    String word = opName == null ? name : opName;
    return new GraphScope(graph, used, prefix + word + "/", null, controls, device);
  }

  @Override
  public Scope withName(String name) {
    requireWord(name);
    return new GraphScope(graph, used, prefix, name, controls, device);
  }

  @Override
  public Scope withNameAsSubScope(String defaultName) {
    return withSubScope(makeUnique(opName == null ? defaultName : opName));
  }

  @Override
  public Scope withDevice(DeviceSpec other) {
    return new GraphScope(graph, used, prefix, opName, controls, other);
  }

  @Override
  public Scope withInitScope() {
    throw new IllegalStateException(
        "The variable store initialises variables; there is no initialisation scope.");
  }

  @Override
  public Scope withControlDependencyOps(Iterable<Operation> others) {
    List<Operation> all = new ArrayList<>();
    for (Operation control : others) {
      graph.checkInput(control);
      all.add(control);
    }
    return new GraphScope(graph, used, prefix, opName, List.copyOf(all), device);
  }

  @Override
  public String makeOpName(String defaultName) {
    String word = opName == null ? defaultName : opName;
    requireWord(word);
    return prefix + makeUnique(word);
  }

  @Override
  public String makeUnique(String word) {
    int number = used.getOrDefault(prefix + word, 0);
    String candidate = number == 0 ? word : word + "_" + number;
    while (graph.operation(prefix + candidate) != null) {
      number++;
      candidate = word + "_" + number;
    }
    used.put(prefix + word, number + 1);
    return candidate;
  }

  @Override
  public void refreshNames() {
    // The graph is the authority on names, so nothing is cached.
  }

  @Override
  public OperationBuilder apply(OperationBuilder builder) {
    if (device != null) {
      builder.setDevice(device.toString());
    }
    controls.forEach(builder::addControlInput);
    return builder;
  }

  @Override
  public String getDeviceString() {
    return device == null ? "" : device.toString();
  }

  @Override
  public boolean isInit() {
    return false;
  }

  private static void requireWord(String name) {
    if (!Scope.isValidOpName(name)) {
      throw new IllegalArgumentException(
          "name: expected letters, digits, '.', '_' and '-', starting with a letter, digit or '.',"
              + " but got '"
              + name
              + "'.");
    }
  }

  /** Ops can only be created for an environment; this one is the graph with another base scope. */
  private record Environment(Graph graph, Scope baseScope) implements ExecutionEnvironment {
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
      return Types.GRAPH;
    }

    @Override
    public boolean isInitializer(Operation operation) {
      return graph.isInitializer(operation);
    }
  }
}
