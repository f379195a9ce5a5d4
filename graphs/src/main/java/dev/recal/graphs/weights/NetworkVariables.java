package dev.recal.graphs.weights;

import dev.recal.graphs.network.Network;
import dev.recal.ops.BuildContext;
import dev.recal.ops.GraphScope;
import dev.recal.ops.Tower;
import dev.recal.ops.VariableStore;
import dev.recal.ops.runtime.Graphs;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import org.tensorflow.Graph;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.types.TFloat32;

/** The variables of a network. */
public final class NetworkVariables {

  private NetworkVariables() {}

  /**
   * Builds a network and lists its variables.
   *
   * @param imageSize rows and columns of the images, which some variables' shapes depend on
   * @return the shapes by path, in creation order
   */
  public static Map<String, Shape> of(Network network, int imageSize) {
    return of(Architecture.of(network), imageSize);
  }

  /**
   * Builds a model and lists its variables.
   *
   * @param imageSize rows and columns of the images, which some variables' shapes depend on
   * @return the shapes by path, in creation order
   */
  public static Map<String, Shape> of(Architecture model, int imageSize) {
    try (Graph graph = Graphs.create()) {
      return shapes(build(graph, model, imageSize, 0));
    }
  }

  /**
   * Builds a network for inference into an empty graph.
   *
   * @param seed of initial values
   */
  public static VariableStore build(Graph graph, Network network, int imageSize, long seed) {
    return build(graph, Architecture.of(network), imageSize, seed);
  }

  /**
   * Builds a model for inference into an empty graph.
   *
   * @param seed of initial values
   */
  public static VariableStore build(Graph graph, Architecture model, int imageSize, long seed) {
    VariableStore store = new VariableStore(graph, seed);
    Placeholder<TFloat32> images =
        GraphScope.ops(graph)
            .withName("images")
            .placeholder(TFloat32.class, Placeholder.shape(Shape.of(-1, imageSize, imageSize, 3)));
    model.build(BuildContext.of(store, Tower.serving()), images);
    return store;
  }

  /** Returns the shapes of a graph's variables by path, in creation order. */
  public static Map<String, Shape> shapes(VariableStore store) {
    Map<String, Shape> shapes = new LinkedHashMap<>();
    store.all().forEach(variable -> shapes.put(variable.name(), variable.shape()));
    return shapes;
  }

  /** Returns the variables of a network's head: those whose shape depends on its classes. */
  public static Set<String> head(Network network, int imageSize) {
    return head(Architecture.of(network), imageSize);
  }

  /** Returns the variables of a model's heads: those whose shape depends on its classes. */
  public static Set<String> head(Architecture model, int imageSize) {
    Map<String, Shape> one = of(model, imageSize);
    Map<String, Shape> other = of(model.withClasses(model.classes() + 1), imageSize);
    Set<String> head = new LinkedHashSet<>();
    one.forEach(
        (path, shape) -> {
          if (!shape.equals(other.get(path))) {
            head.add(path);
          }
        });
    return head;
  }
}
