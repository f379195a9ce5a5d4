package dev.recal.savedmodels.optimise;

import dev.recal.savedmodels.meta.Nodes;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.proto.AttrValue;
import org.tensorflow.proto.NodeDef;

/**
 * Writes the sum of two convolutions as {@code AddN}: TensorFlow fuses it, with the activation that
 * follows, into one of them. An {@code Add} is only fused if both shapes are known to be equal,
 * which they are not after strided convolutions of images of any size.
 */
final class FusedSum implements Rule {

  private static final Set<String> SUMS = Set.of("Add", "AddV2");
  private static final Set<String> CONVOLUTIONS = Set.of("FusedBatchNormV3", "BiasAdd", "Conv2D");

  /** Returns whether a node adds two values. */
  static boolean isSum(NodeDef node) {
    return SUMS.contains(node.getOp());
  }

  /** Returns whether a value is that of a convolution, with its norm or bias. */
  static boolean isOfConvolution(SourceGraph source, String input) {
    return CONVOLUTIONS.contains(source.producer(input).getOp());
  }

  @Override
  public Optional<List<Value>> write(Translation translation, NodeDef node) {
    SourceGraph source = translation.source();
    if (!isSum(node)
        || node.getInputCount() != 2
        || !node.getInputList().stream().allMatch(input -> isOfConvolution(source, input))
        || !equalShapes(source.shape(node.getInput(0)), source.shape(node.getInput(1)))) {
      return Optional.empty();
    }
    boolean narrow = node.getInputList().stream().allMatch(in -> translation.value(in).narrow());
    NodeDef.Builder sum =
        NodeDef.newBuilder()
            .setName(node.getName())
            .setOp("AddN")
            .putAttr("N", AttrValue.newBuilder().setI(2).build())
            .putAttr(
                "T", narrow ? Translation.type(true) : Nodes.type(source.type(node.getName())));
    for (String input : node.getInputList()) {
      sum.addInput(narrow ? translation.narrow(input) : translation.float32(input));
    }
    translation.target().put(sum.build());
    return Optional.of(translation.outputs(node, narrow));
  }

  // Sizes may be unknown in both; that of a map of one pixel, which would be repeated, is known.
  private static boolean equalShapes(Shape first, Shape second) {
    return first.numDimensions() == 4 && Arrays.equals(first.asArray(), second.asArray());
  }
}
