package dev.recal.savedmodels.meta;

import java.util.Set;
import org.tensorflow.proto.AttrValue;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.FunctionDef;
import org.tensorflow.proto.GraphDef;
import org.tensorflow.proto.NodeDef;

/**
 * Replaces {@code Div} on floating-point numbers by {@code RealDiv}, which computes the same.
 *
 * <p>TensorFlow Java's {@code tf.math.div} is the operation {@code Div} of TensorFlow 1. TensorFlow
 * 2 writes it for integers only, so converters such as Core ML's do not support it. Applied to
 * every exported graph, so layers need not consider it.
 */
final class RealDivision {

  private static final String DIV = "Div";
  private static final String REAL_DIV = "RealDiv";
  private static final Set<DataType> REAL =
      Set.of(
          DataType.DT_HALF,
          DataType.DT_BFLOAT16,
          DataType.DT_FLOAT,
          DataType.DT_DOUBLE,
          DataType.DT_COMPLEX64,
          DataType.DT_COMPLEX128);

  private RealDivision() {}

  /** Returns the graph and its functions with the newer operation. */
  static GraphDef in(GraphDef graph) {
    GraphDef.Builder changed = graph.toBuilder();
    changed.getNodeBuilderList().forEach(RealDivision::change);
    for (FunctionDef.Builder function : changed.getLibraryBuilder().getFunctionBuilderList()) {
      function.getNodeDefBuilderList().forEach(RealDivision::change);
    }
    return changed.build();
  }

  private static void change(NodeDef.Builder node) {
    if (node.getOp().equals(DIV)
        && REAL.contains(node.getAttrOrDefault("T", AttrValue.getDefaultInstance()).getType())) {
      node.setOp(REAL_DIV);
    }
  }
}
