package dev.recal.savedmodels.optimise;

import java.util.List;
import java.util.Map;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.proto.AttrValue;
import org.tensorflow.proto.NodeDef;

/**
 * Takes every second pixel before a convolution of kernel 1 and stride 2 in bfloat16, by a pooling
 * of single pixels. With 1,024 input channels and more oneDNN then needs 0.6 times the time (14²,
 * 1,024 to 2,048 channels, batch 16: 4.5 and 2.6 ms with AMX); with fewer it is not faster.
 */
final class Subsampling {

  private static final int MIN_INPUTS = 1024;
  private static final List<Long> BY_TWO = List.of(1L, 2L, 2L, 1L);
  private static final List<Long> ONE = List.of(1L, 1L, 1L, 1L);

  private Subsampling() {}

  /** Returns whether it is faster for a convolution. */
  static boolean isFaster(Translation translation, NodeDef convolution) {
    Shape kernel = translation.source().shape(convolution.getInput(1));
    return convolution.getOp().equals("Conv2D")
        && Contractions.narrow(translation, convolution)
        && kernel.get(0) == 1
        && kernel.get(1) == 1
        && kernel.get(2) >= MIN_INPUTS
        && convolution.getAttrOrThrow("strides").getList().getIList().equals(BY_TWO);
  }

  /** Writes the pooling of a map in bfloat16 before a convolution; returns its tensor. */
  static String write(Translation translation, NodeDef convolution, String x) {
    return translation.add(
        NormFolding.sibling(convolution.getName(), "Subsampling"),
        "MaxPool",
        List.of(x),
        Map.of(
            "T", Translation.type(true),
            "ksize", list(ONE),
            "strides", list(BY_TWO),
            "padding", convolution.getAttrOrThrow("padding"),
            "data_format", convolution.getAttrOrThrow("data_format")));
  }

  /** Makes the convolution's stride 1. */
  static void clearStride(NodeDef.Builder convolution) {
    convolution.putAttr("strides", list(ONE));
  }

  private static AttrValue list(List<Long> numbers) {
    return AttrValue.newBuilder()
        .setList(AttrValue.ListValue.newBuilder().addAllI(numbers))
        .build();
  }
}
