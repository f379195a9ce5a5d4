package dev.recal.savedmodels.optimise;

import dev.recal.savedmodels.tensor.TensorValue;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.proto.NodeDef;

/**
 * Folds batch norm with stored statistics into the convolution directly before it, if that has no
 * other consumer: the scale goes into the kernel, the offset becomes a bias.
 */
final class NormFolding implements Rule {

  // They move or drop pixels, so per-channel operations may be applied before them.
  private static final Set<String> PIXEL_MOVING_OPS = Set.of("BatchToSpaceND", "StridedSlice");

  @Override
  public Optional<List<Value>> write(Translation translation, NodeDef node) {
    SourceGraph source = translation.source();
    Optional<Affine> affine = Affine.of(source, node);
    if (affine.isEmpty()) {
      return Optional.empty();
    }
    String input = node.getInput(0);
    Optional<Value> folded = fold(translation, input, affine.get());
    folded.ifPresent(value -> translation.countFolded(node));
    return folded.map(value -> pad(source, node, value));
  }

  // The kernel's other outputs are for training and unused here.
  private static List<Value> pad(SourceGraph source, NodeDef node, Value value) {
    List<Value> values = new ArrayList<>();
    for (int i = 0; i < source.outputs(node); i++) {
      values.add(value);
    }
    return values;
  }

  private Optional<Value> fold(Translation translation, String input, Affine affine) {
    SourceGraph source = translation.source();
    NodeDef node = source.producer(input);
    if (!source.usedOnce(input)) {
      return Optional.empty();
    }
    if (Contractions.isConvolution(node) && source.isParameter(node.getInput(1))) {
      return Optional.of(convolution(translation, node, affine));
    }
    Optional<SplitGroups> groups = SplitGroups.of(source, node);
    if (groups.isPresent()) {
      return Optional.of(grouped(translation, node, groups.get(), affine));
    }
    if (node.getOp().equals("BiasAdd") && source.isParameter(node.getInput(1))) {
      float[] bias = source.value(node.getInput(1)).floats();
      return fold(translation, node.getInput(0), affine.after(bias));
    }
    if (PIXEL_MOVING_OPS.contains(node.getOp()) && keepsChannels(source, node)) {
      return fold(translation, node.getInput(0), affine)
          .map(value -> moved(translation, node, value));
    }
    return Optional.empty();
  }

  private static boolean keepsChannels(SourceGraph source, NodeDef node) {
    Shape before = source.shape(node.getInput(0));
    Shape after = source.shape(node.getName());
    return before.numDimensions() == 4
        && after.numDimensions() == 4
        && before.get(3) > 0
        && before.get(3) == after.get(3);
  }

  private static Value moved(Translation translation, NodeDef node, Value value) {
    NodeDef.Builder copy =
        node.toBuilder()
            .clearInput()
            .clearDevice()
            .setName(translation.target().free(node.getName() + "/folded"))
            .addInput(value.tensor())
            .putAttr("T", Translation.type(value.narrow()));
    for (String input : node.getInputList().subList(1, node.getInputCount())) {
      copy.addInput(translation.float32(input));
    }
    translation.target().put(copy.build());
    return new Value(copy.getName(), value.narrow());
  }

  // Runtimes with bfloat16 support groups; for others each group gets its part of the norm.
  private static Value grouped(
      Translation translation, NodeDef node, SplitGroups groups, Affine affine) {
    NodeDef first = groups.parts().get(0);
    if (Contractions.narrow(translation, first)) {
      groups.parts().forEach(translation::countNarrowed);
      String x = translation.narrow(groups.map());
      float[] kernel = translation.source().value(groups.kernel()).floats();
      return convolution(translation, first, x, groups.kernel(), kernel, affine);
    }
    int count = groups.parts().size();
    NodeDef.Builder joined = node.toBuilder().clearInput().clearDevice();
    for (int i = 0; i < count; i++) {
      NodeDef part = groups.parts().get(i);
      Affine share = affine.share(i, count);
      joined.addInput(convolution(translation, part, share).tensor());
    }
    joined.addInput(translation.float32(node.getInput(count)));
    translation.target().put(joined.build());
    return Value.float32(node.getName());
  }

  private static Value convolution(Translation translation, NodeDef node, Affine affine) {
    SourceGraph source = translation.source();
    String weights = node.getInput(1);
    TensorValue kernel = source.value(weights);
    boolean narrow = Contractions.narrow(translation, node);
    Optional<ScaledMap> scaled = ScaledMap.of(source, node);
    if (scaled.isEmpty()) {
      String map = node.getInput(0);
      String x = narrow ? translation.narrow(map) : translation.float32(map);
      return convolution(translation, node, x, weights, kernel.floats(), affine);
    }
    String x = scaled.get().write(translation, narrow);
    return convolution(translation, node, x, weights, scaled.get().scaled(kernel), affine);
  }

  private static Value convolution(
      Translation translation,
      NodeDef node,
      String x,
      String weights,
      float[] values,
      Affine affine) {
    SourceGraph source = translation.source();
    boolean narrow = Contractions.narrow(translation, node);
    float[] scaled = affine.scaled(values);
    String kernelName = translation.parameterName(weights);
    long[] shape = source.value(weights).shape().asArray();
    String filter = translation.store(kernelName, scaled, narrow, shape);
    NodeDef.Builder copy =
        node.toBuilder()
            .clearInput()
            .clearDevice()
            .addInput(x)
            .addInput(filter)
            .putAttr("T", Translation.type(narrow));
    translation.target().put(copy.build());
    if (narrow) {
      translation.countNarrowed(node);
    }
    float[] offset = affine.offsets();
    String bias = translation.store(sibling(kernelName, "bias"), offset, narrow, offset.length);
    String sum =
        translation.add(
            sibling(node.getName(), "BiasAdd"),
            "BiasAdd",
            List.of(node.getName(), bias),
            Map.of("T", Translation.type(narrow)));
    return new Value(sum, narrow);
  }

  /** Returns another name in the same scope. */
  static String sibling(String name, String last) {
    int slash = name.lastIndexOf('/');
    return name.substring(0, slash + 1) + last;
  }
}
