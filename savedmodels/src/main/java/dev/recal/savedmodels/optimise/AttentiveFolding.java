package dev.recal.savedmodels.optimise;

import java.util.List;
import java.util.Optional;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.proto.NodeDef;

/**
 * norm(x) ⊙ s + o with a scale and an offset of each sample, as attentive normalisation has it: the
 * norm goes into s and o, which are a number for each channel and not for each pixel.
 */
final class AttentiveFolding implements Rule {

  @Override
  public Optional<List<Value>> write(Translation translation, NodeDef node) {
    SourceGraph source = translation.source();
    if (!isSum(node) || !source.isFloat(node.getName())) {
      return Optional.empty();
    }
    String product = node.getInput(0);
    String offset = node.getInput(1);
    if (!isPerSample(source, offset) || !source.usedOnce(product)) {
      return Optional.empty();
    }
    NodeDef factor = source.producer(product);
    if (!factor.getOp().equals("Mul")
        || !isPerSample(source, factor.getInput(1))
        || !source.usedOnce(factor.getInput(0))) {
      return Optional.empty();
    }
    NodeDef norm = source.producer(factor.getInput(0));
    return Affine.of(source, norm)
        .map(affine -> write(translation, node, norm, factor.getInput(1), offset, affine));
  }

  private static List<Value> write(
      Translation translation,
      NodeDef node,
      NodeDef norm,
      String scale,
      String offset,
      Affine affine) {
    translation.countFolded(norm);
    String place = NormFolding.beside(norm.getName(), "folded");
    String name = translation.parameterName(norm.getInput(3));
    int channels = affine.scale().length;
    String root =
        translation.store(NormFolding.beside(name, "scale"), affine.scales(), false, channels);
    String shift =
        translation.store(NormFolding.beside(name, "offset"), affine.offsets(), false, channels);
    String wideScale = translation.wide(scale);
    String newScale = translation.add(place + "/scale", "Mul", false, wideScale, root);
    String moved = translation.add(place + "/shift", "Mul", false, wideScale, shift);
    String newOffset =
        translation.add(place + "/offset", "AddV2", false, moved, translation.wide(offset));
    boolean narrow = translation.value(norm.getInput(0)).narrow();
    String x = translation.value(norm.getInput(0)).tensor();
    String factor = narrow ? translation.narrowed(newScale) : newScale;
    String term = narrow ? translation.narrowed(newOffset) : newOffset;
    String product = translation.add(place + "/product", "Mul", narrow, x, factor);
    String sum = translation.add(place + "/sum", "AddV2", narrow, product, term);
    return List.of(new Value(sum, narrow));
  }

  private static boolean isSum(NodeDef node) {
    return node.getOp().equals("Add") || node.getOp().equals("AddV2");
  }

  private static boolean isPerSample(SourceGraph source, String input) {
    Shape shape = source.shape(input);
    return shape.numDimensions() == 4 && shape.get(1) == 1 && shape.get(2) == 1;
  }
}
