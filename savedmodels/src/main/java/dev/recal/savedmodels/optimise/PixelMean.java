package dev.recal.savedmodels.optimise;

import com.google.protobuf.ByteString;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.proto.AttrValue;
import org.tensorflow.proto.NodeDef;

/**
 * The mean over a map's height and width: each row by average pooling, which is several times
 * faster than a reduction, then the rows in float32, so that the rounding of the rows' means to
 * bfloat16 cancels.
 */
final class PixelMean implements Rule {

  @Override
  public Optional<List<Value>> write(Translation translation, NodeDef node) {
    SourceGraph source = translation.source();
    if (!isPixelMean(source, node)) {
      return Optional.empty();
    }
    Value x = translation.value(node.getInput(0));
    String rows = rowMeans(translation, node, x);
    NodeDef.Builder copy = node.toBuilder().clearInput().clearDevice().addInput(rows);
    translation.target().put(copy.addInput(translation.float32(node.getInput(1))).build());
    return Optional.of(List.of(Value.float32(node.getName())));
  }

  /** Returns whether a node is the mean over the pixels of a map of known size. */
  static boolean isPixelMean(SourceGraph source, NodeDef node) {
    return node.getOp().equals("Mean") && isOverPixels(source, node);
  }

  /** Returns whether a node reduces the height and the width of a map of known size. */
  static boolean isOverPixels(SourceGraph source, NodeDef node) {
    Shape shape = source.shape(node.getInput(0));
    return source.isFloat(node.getInput(0))
        && shape.numDimensions() == 4
        && shape.get(1) > 0
        && shape.get(2) > 0
        && source
            .integers(node.getInput(1))
            .filter(axes -> Arrays.equals(axes, new int[] {1, 2}))
            .isPresent();
  }

  // (N, H, 1, C) in float32
  private static String rowMeans(Translation translation, NodeDef node, Value x) {
    long width = translation.source().shape(node.getInput(0)).get(2);
    AttrValue window = window(width);
    String pooled =
        translation.add(
            node.getName() + "/rows",
            "AvgPool",
            List.of(x.tensor()),
            Map.of(
                "T",
                Translation.type(x.narrow()),
                "ksize",
                window,
                "strides",
                window,
                "padding",
                AttrValue.newBuilder().setS(ByteString.copyFromUtf8("VALID")).build()));
    return x.narrow() ? translation.widened(pooled) : pooled;
  }

  private static AttrValue window(long width) {
    return AttrValue.newBuilder()
        .setList(AttrValue.ListValue.newBuilder().addAllI(List.of(1L, 1L, width, 1L)))
        .build();
  }
}
