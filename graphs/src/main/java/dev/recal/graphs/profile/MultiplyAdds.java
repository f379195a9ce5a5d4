package dev.recal.graphs.profile;

import java.util.Optional;
import org.tensorflow.GraphOperation;
import org.tensorflow.ndarray.Shape;

/** The multiply-adds of one operation, from static shapes. */
final class MultiplyAdds {

  private MultiplyAdds() {}

  /**
   * Returns the multiply-adds of a convolution or matrix product, and 0 for any other operation.
   *
   * @throws IllegalArgumentException if a shape is not known when the graph is built
   */
  static long of(GraphOperation operation) {
    return switch (operation.type()) {
      // A grouped kernel (h, w, C / groups, O) has the right depth already.
      case "Conv2D" -> size(operation, result(operation)) * perOutput(operation, 0, 1, 2);
      case "DepthwiseConv2dNative" ->
          size(operation, result(operation)) * perOutput(operation, 0, 1);
      // The kernel (h, w, O, C) is spread over every value of the input.
      case "Conv2DBackpropInput" ->
          size(operation, operation.input(2).shape()) * perOutput(operation, 0, 1, 2);
      case "MatMul" -> matrices(operation, "transpose_a");
      case "BatchMatMul", "BatchMatMulV2", "BatchMatMulV3" -> matrices(operation, "adj_x");
      default -> 0;
    };
  }

  private static long perOutput(GraphOperation operation, int... dimensions) {
    Shape kernel = operation.input(1).shape();
    long product = 1;
    for (int dimension : dimensions) {
      product *= known(operation, kernel, kernel.get(dimension));
    }
    return product;
  }

  private static long matrices(GraphOperation operation, String transposed) {
    Shape left = operation.input(0).shape();
    int last = left.numDimensions() - 1;
    boolean turned = operation.attributes().getAttrBool(transposed);
    long inner = left.get(turned ? last - 1 : last);
    return size(operation, operation.output(0).shape()) * known(operation, left, inner);
  }

  // A dilated convolution runs on rearranged pixels, padded to a multiple of the dilation; a
  // strided one is subsampled afterwards. Only the resulting map is counted.
  private static Shape result(GraphOperation convolution) {
    if (!convolution.input(0).op().type().equals("SpaceToBatchND")) {
      return convolution.output(0).shape();
    }
    return consumer(convolution, "BatchToSpaceND")
        .map(whole -> consumer(whole, "StridedSlice").orElse(whole))
        .orElse(convolution)
        .output(0)
        .shape();
  }

  private static Optional<GraphOperation> consumer(GraphOperation operation, String type) {
    String scope = scope(operation);
    return operation.consumers().stream()
        .filter(next -> next.type().equals(type) && scope(next).equals(scope))
        .findFirst();
  }

  private static String scope(GraphOperation operation) {
    return operation.name().substring(0, operation.name().lastIndexOf('/') + 1);
  }

  private static long size(GraphOperation operation, Shape shape) {
    return known(operation, shape, shape.size());
  }

  private static long known(GraphOperation operation, Shape shape, long size) {
    if (size == Shape.UNKNOWN_SIZE) {
      throw new IllegalArgumentException(
          "graph: expected static shapes, but '" + operation.name() + "' has " + shape + ".");
    }
    return size;
  }
}
