package dev.recal.savedmodels.optimise;

import java.util.List;
import java.util.Optional;
import org.tensorflow.proto.NodeDef;

/**
 * Writes {@code PadV2} with zeros as {@code Pad}, which TensorFlow fuses into the convolution that
 * follows. What only a convolution in bfloat16 uses is converted before it, not after.
 */
final class ZeroPad implements Rule {

  @Override
  public Optional<List<Value>> write(Translation translation, NodeDef node) {
    if (!isZeroPad(translation.source(), node)) {
      return Optional.empty();
    }
    String map = node.getInput(0);
    boolean narrow = translation.value(map).narrow() || isOfNarrowConvolution(translation, node);
    write(translation, node, map, narrow);
    return Optional.of(translation.outputs(node, narrow));
  }

  /** Writes the padding of a map under the node's name; returns its tensor. */
  static String write(Translation translation, NodeDef node, String map, boolean narrow) {
    NodeDef.Builder pad =
        NodeDef.newBuilder()
            .setName(node.getName())
            .setOp("Pad")
            .addInput(narrow ? translation.narrow(map) : translation.float32(map))
            .addInput(translation.float32(node.getInput(1)))
            .putAttr("T", narrow ? Translation.type(true) : node.getAttrOrThrow("T"))
            .putAttr("Tpaddings", node.getAttrOrThrow("Tpaddings"));
    translation.target().put(pad.build());
    return node.getName();
  }

  /** Returns whether a node pads a map with zeros. */
  static boolean isZeroPad(SourceGraph source, NodeDef node) {
    return node.getOp().equals("PadV2") && isZero(source, node.getInput(2));
  }

  private static boolean isZero(SourceGraph source, String number) {
    return source.isParameter(number)
        && source.isFloat(number)
        && source.value(number).floats()[0] == 0;
  }

  private static boolean isOfNarrowConvolution(Translation translation, NodeDef node) {
    return translation.narrows()
        && translation
            .source()
            .onlyUser(node.getName())
            .filter(Contractions::isConvolution)
            .filter(user -> translation.source().isMap(user.getName()))
            .isPresent();
  }
}
