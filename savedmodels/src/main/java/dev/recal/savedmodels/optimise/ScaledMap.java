package dev.recal.savedmodels.optimise;

import dev.recal.savedmodels.tensor.TensorValue;
import java.util.Optional;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.proto.NodeDef;

/**
 * The input of a convolution that is a map times a factor for each channel, perhaps padded with
 * zeros: as images are, divided by their deviations. The factors go into the kernel, which saves a
 * pass over the map.
 *
 * @param pad the padding of the product, if there is one
 * @param map the map before the product
 * @param factors one, or one for each channel
 */
record ScaledMap(Optional<NodeDef> pad, String map, float[] factors) {

  /** Returns the input of a convolution, if it has this form and nothing else uses the product. */
  static Optional<ScaledMap> of(SourceGraph source, NodeDef convolution) {
    String input = convolution.getInput(0);
    NodeDef node = source.producer(input);
    Optional<NodeDef> pad = Optional.empty();
    if (ZeroPad.isZeroPad(source, node) && source.usedOnce(input)) {
      pad = Optional.of(node);
      input = node.getInput(0);
      node = source.producer(input);
    }
    if (!node.getOp().equals("Mul") || !source.usedOnce(input) || !source.isFloat(input)) {
      return Optional.empty();
    }
    Shape kernel = source.shape(convolution.getInput(1));
    for (int i = 0; i < 2; i++) {
      String factors = node.getInput(i);
      String map = node.getInput(1 - i);
      if (source.isParameter(factors)
          && source.shape(map).numDimensions() == 4
          && isByChannel(source.shape(factors), source.shape(map).get(3), kernel.get(2))) {
        return Optional.of(new ScaledMap(pad, map, source.value(factors).floats()));
      }
    }
    return Optional.empty();
  }

  // A kernel of a grouped convolution has fewer input channels than the map.
  private static boolean isByChannel(Shape factors, long channels, long kernelChannels) {
    if (factors.size() == 1) {
      return true;
    }
    return factors.size() == channels
        && channels == kernelChannels
        && factors.get(factors.numDimensions() - 1) == channels;
  }

  /** Returns a kernel of height, width, inputs and outputs that contains the factors. */
  float[] scaled(TensorValue kernel) {
    int inputs = Math.toIntExact(kernel.shape().get(2));
    int outputs = Math.toIntExact(kernel.shape().get(3));
    float[] values = kernel.floats().clone();
    for (int i = 0; i < values.length; i++) {
      values[i] *= factors.length == 1 ? factors[0] : factors[i / outputs % inputs];
    }
    return values;
  }

  /** Writes the map, padded; returns its tensor. */
  String write(Translation translation, boolean narrow) {
    if (pad.isPresent()) {
      return ZeroPad.write(translation, pad.get(), map, narrow);
    }
    return narrow ? translation.narrow(map) : translation.float32(map);
  }
}
