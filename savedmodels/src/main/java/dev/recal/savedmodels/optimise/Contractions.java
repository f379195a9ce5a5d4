package dev.recal.savedmodels.optimise;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.tensorflow.proto.NodeDef;

/**
 * Converts convolutions of maps to bfloat16, except those of vectors that were reshaped to maps.
 */
final class Contractions implements Rule {

  private static final Set<String> OPERATIONS = Set.of("Conv2D", "DepthwiseConv2dNative");

  static boolean isConvolution(NodeDef node) {
    return OPERATIONS.contains(node.getOp());
  }

  /** Returns whether a convolution is converted to bfloat16. */
  static boolean narrow(Translation translation, NodeDef node) {
    if (!translation.narrows()) {
      return false;
    }
    return translation.source().isMap(node.getName())
        || translation.value(node.getInput(0)).narrow();
  }

  @Override
  public Optional<List<Value>> write(Translation translation, NodeDef node) {
    if (!isConvolution(node) || !narrow(translation, node)) {
      return Optional.empty();
    }
    translation.countNarrowed(node);
    return Optional.of(NarrowOperations.write(translation, node, "T", List.of(true, true)));
  }
}
