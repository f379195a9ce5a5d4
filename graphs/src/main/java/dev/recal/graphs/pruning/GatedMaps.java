package dev.recal.graphs.pruning;

import dev.recal.ops.BuildContext;
import dev.recal.ops.Variable;
import dev.recal.ops.VariableStore;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.tensorflow.GraphOperation;
import org.tensorflow.Operand;
import org.tensorflow.Output;
import org.tensorflow.ndarray.Shape;

/**
 * The maps of a tower that have channel gates, found in its graph.
 *
 * <p>A channel gate is a value that a layer published under the name {@code gate} with a value for
 * each of several channels. The search follows it to the product with the map, and from the map
 * backwards, through operations that preserve 0, to the norm or convolution that computes it.
 *
 * @param prunable the maps whose single channels can be set to 0
 * @param others the names of the gates whose maps cannot, for example those after an addition
 */
record GatedMaps(List<GatedMap> prunable, List<String> others) {

  private static final String WORD = "gate";

  GatedMaps {
    prunable = List.copyOf(prunable);
    others = List.copyOf(others);
  }

  /** Searches a tower. */
  static GatedMaps of(BuildContext context) {
    List<GatedMap> prunable = new ArrayList<>();
    List<String> others = new ArrayList<>();
    Search search = new Search(context.store(), context.tower() + "/");
    for (Map.Entry<String, Operand<?>> published : context.published().entrySet()) {
      String name = published.getKey();
      Shape shape = published.getValue().shape();
      int channels = shape.isUnknown() ? 0 : (int) shape.get(shape.numDimensions() - 1);
      if (name.endsWith("/" + WORD) && channels > 1) {
        search
            .map(published.getValue(), channels)
            .flatMap(map -> search.gated(name, channels, map))
            .ifPresentOrElse(prunable::add, () -> others.add(name));
      }
    }
    return new GatedMaps(prunable, others);
  }

  /** The location of the variables of a map's channels. */
  private record Source(GraphOperation operation, String scope, List<String> variables) {}

  private record Search(VariableStore store, String prefix) {

    private static final Set<String> RESHAPES =
        Set.of("Reshape", "ExpandDims", "Identity", "ResizeNearestNeighbor", "ResizeBilinear");
    private static final Set<String> ZERO_PRESERVING_OPS =
        Set.of("Relu", "Relu6", "LeakyRelu", "Elu", "Selu", "Tanh", "Neg", "Identity");
    private static final Set<String> SUMS = Set.of("Add", "AddV2", "Sub");

    /** Returns the map that gates are multiplied with. */
    Optional<Output<?>> map(Operand<?> gates, int channels) {
      Deque<GraphOperation> open = new ArrayDeque<>(List.of((GraphOperation) gates.op()));
      Set<String> seen = new HashSet<>();
      while (!open.isEmpty()) {
        GraphOperation operation = open.remove();
        for (GraphOperation next : operation.consumers()) {
          if (next.type().equals("Mul")) {
            Output<?> other = next.input(next.input(0).op().equals(operation) ? 1 : 0);
            if (isMap(other, channels)) {
              return Optional.of(other);
            }
          } else if (RESHAPES.contains(next.type()) && seen.add(next.name())) {
            open.add(next);
          }
        }
      }
      return Optional.empty();
    }

    Optional<GatedMap> gated(String gate, int channels, Output<?> map) {
      return source(map, channels)
          .map(source -> new GatedMap(gate, channels, source.variables(), convolution(source)));
    }

    /** Returns the variables that set a map to 0, if there is one such location. */
    private Optional<Source> source(Output<?> map, int channels) {
      GraphOperation operation = (GraphOperation) map.op();
      String scope = scope(operation);
      List<String> variables = variables(scope, channels);
      if (!variables.isEmpty()) {
        return Optional.of(new Source(operation, scope, variables));
      }
      if (ZERO_PRESERVING_OPS.contains(operation.type())) {
        return source(operation.input(0), channels);
      }
      boolean product = operation.type().equals("Mul");
      if (!product && !SUMS.contains(operation.type())) {
        return Optional.empty();
      }
      Optional<Source> left = operand(operation.input(0), channels);
      Optional<Source> right = operand(operation.input(1), channels);
      if (product) {
        return left.isPresent() ? left : right;
      }
      // A sum is 0 where both are; those of one norm are the halves of an activation.
      return left.isPresent() && right.isPresent() && sameScope(left.get(), right.get())
          ? left
          : Optional.empty();
    }

    private Optional<Source> operand(Output<?> input, int channels) {
      return isMap(input, channels) ? source(input, channels) : Optional.empty();
    }

    private static boolean sameScope(Source one, Source other) {
      return one.scope().equals(other.scope());
    }

    // The affine variables of a norm, otherwise those of a convolution; an attentive norm has a row
    // for each of its components.
    private List<String> variables(String scope, int channels) {
      List<String> affine = named(scope, channels, "gamma", "beta");
      if (affine.size() == 2) {
        return affine;
      }
      List<String> kernel = named(scope, channels, "kernel", "bias");
      return kernel.contains(scope + "/kernel") ? kernel : List.of();
    }

    private List<String> named(String scope, int channels, String... words) {
      List<String> names = new ArrayList<>();
      for (String word : words) {
        store
            .find(scope + "/" + word)
            .filter(variable -> lastDimension(variable) == channels)
            .ifPresent(variable -> names.add(variable.name()));
      }
      return names;
    }

    private static long lastDimension(Variable<?> variable) {
      Shape shape = variable.shape();
      return shape.numDimensions() == 0 ? 0 : shape.get(shape.numDimensions() - 1);
    }

    /** Returns the scope of the convolution itself, or of the one whose output the norm takes. */
    private Optional<String> convolution(Source source) {
      if (source.variables().contains(source.scope() + "/kernel")) {
        return Optional.of(source.scope());
      }
      Deque<GraphOperation> open = new ArrayDeque<>(List.of(source.operation()));
      Set<String> seen = new HashSet<>();
      while (!open.isEmpty()) {
        GraphOperation operation = open.remove();
        String scope = scope(operation);
        if (!(scope + "/").startsWith(source.scope() + "/")) {
          return store.find(scope + "/kernel").isPresent() ? Optional.of(scope) : Optional.empty();
        }
        for (Operand<?> input : operation.inputs()) {
          GraphOperation before = (GraphOperation) input.op();
          // Variables are outside the tower.
          if (before.name().startsWith(prefix) && seen.add(before.name())) {
            open.add(before);
          }
        }
      }
      return Optional.empty();
    }

    private String scope(GraphOperation operation) {
      String name = operation.name();
      int slash = name.lastIndexOf('/');
      return name.startsWith(prefix) && slash > prefix.length()
          ? name.substring(prefix.length(), slash)
          : "";
    }

    private static boolean isMap(Output<?> value, int channels) {
      Shape shape = value.shape();
      return shape.numDimensions() == 4 && shape.get(3) == channels;
    }
  }
}
