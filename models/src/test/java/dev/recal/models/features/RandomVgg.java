package dev.recal.models.features;

import dev.recal.savedmodels.tensor.TensorValue;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;

/** Weights of VGG with torchvision's names that nobody trained: He-normal kernels, small biases. */
public final class RandomVgg {

  private RandomVgg() {}

  /** Returns the convolutions' weights by name. */
  public static Map<String, TensorValue> weights(VggNetwork network, long seed) {
    Random random = new Random(seed);
    Map<String, TensorValue> tensors = new LinkedHashMap<>();
    for (LpipsBackbone.Layer layer : network.layers()) {
      String name = "features." + layer.index();
      float[] kernel = new float[layer.out() * layer.in() * layer.kernel() * layer.kernel()];
      double deviation = Math.sqrt(2.0 * layer.out() / kernel.length);
      tensors.put(
          name + ".weight",
          TensorValue.of(
              normal(random, kernel, deviation),
              layer.out(),
              layer.in(),
              layer.kernel(),
              layer.kernel()));
      tensors.put(
          name + ".bias", TensorValue.of(normal(random, new float[layer.out()], 0.1), layer.out()));
    }
    return tensors;
  }

  private static float[] normal(Random random, float[] values, double deviation) {
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) (deviation * random.nextGaussian());
    }
    return values;
  }
}
