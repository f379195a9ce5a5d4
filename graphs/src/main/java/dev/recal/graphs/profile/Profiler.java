package dev.recal.graphs.profile;

import dev.recal.graphs.network.Network;
import dev.recal.ops.BuildContext;
import dev.recal.ops.GraphScope;
import dev.recal.ops.Tower;
import dev.recal.ops.Variable;
import dev.recal.ops.VariableStore;
import dev.recal.ops.runtime.Graphs;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.tensorflow.Graph;
import org.tensorflow.GraphOperation;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.types.TFloat32;

/**
 * Counts parameters and multiply-adds in a graph whose shapes are static.
 *
 * <p>As in the published tables, parameters are trainable values, and multiply-adds are those of
 * convolutions and matrix products; norms, activations, pooling, gates and channel-wise products
 * are not counted. If a layer declares the multiply-adds of its scope ({@link
 * BuildContext#multiplyAdds(long)}), these are used, and the scope's operations are ignored.
 */
public final class Profiler {

  private Profiler() {}

  /**
   * Builds a network for inference of one image and counts.
   *
   * @param height of the image in pixels
   * @param width of the image in pixels
   */
  public static Profile of(Network network, int height, int width) {
    try (Graph graph = Graphs.create()) {
      VariableStore store = new VariableStore(graph, 0);
      BuildContext context = BuildContext.of(store, Tower.serving());
      Operand<TFloat32> images =
          GraphScope.ops(graph)
              .withName("images")
              .placeholder(TFloat32.class, Placeholder.shape(Shape.of(1, height, width, 3)));
      network.build(context, images);
      return of(context, images.shape());
    }
  }

  /**
   * Counts one tower of a graph.
   *
   * @param context of the tower
   * @param input the shape of the input: images first
   * @throws IllegalArgumentException if a counted operation has no static shape; the message names
   *     it
   */
  public static Profile of(BuildContext context, Shape input) {
    VariableStore store = context.store();
    String prefix = context.tower() + "/";
    Map<String, Long> stated = context.multiplyAdds();
    Map<String, Sum> sums = new LinkedHashMap<>();
    store
        .graph()
        .operations()
        .forEachRemaining(
            operation -> {
              if (operation.name().startsWith(prefix)) {
                String scope = scope(operation.name().substring(prefix.length()));
                sums.computeIfAbsent(scope, path -> new Sum())
                    .add(operation, !stated.containsKey(scope));
              }
            });
    stated.forEach(
        (scope, count) ->
            sums.computeIfAbsent(scope, path -> new Sum()).macs += input.get(0) * count);
    for (Variable<?> variable : store.all()) {
      if (variable.trainable()) {
        sums.computeIfAbsent(scope(variable.name()), scope -> new Sum()).parameters +=
            variable.size();
      }
    }
    List<Profile.Layer> layers = new ArrayList<>();
    sums.forEach(
        (scope, sum) -> {
          if (sum.parameters > 0 || sum.macs > 0) {
            layers.add(sum.layer(scope));
          }
        });
    return new Profile(sizes(input), layers);
  }

  private static String scope(String name) {
    int slash = name.lastIndexOf('/');
    return slash < 0 ? "" : name.substring(0, slash);
  }

  private static List<Long> sizes(Shape shape) {
    List<Long> sizes = new ArrayList<>();
    for (int i = 0; i < shape.numDimensions(); i++) {
      sizes.add(shape.get(i));
    }
    return sizes;
  }

  /** The sums of one scope. */
  private static final class Sum {
    private long parameters;
    private long macs;
    private String counted = "";
    private GraphOperation last;

    void add(GraphOperation operation, boolean counting) {
      if (operation.numOutputs() > 0) {
        last = operation;
      }
      if (!counting) {
        return;
      }
      long own = MultiplyAdds.of(operation);
      if (own > 0) {
        macs += own;
        counted = operation.type();
      }
    }

    Profile.Layer layer(String scope) {
      if (last == null) {
        return new Profile.Layer(scope, counted, List.of(), parameters, macs);
      }
      String type = counted.isEmpty() ? last.type() : counted;
      Shape shape = last.output(0).shape();
      List<Long> output = shape.isUnknown() ? List.of() : sizes(shape);
      return new Profile.Layer(scope, type, output, parameters, macs);
    }
  }
}
