package dev.recal.tools.compatibility;

import dev.recal.graphs.synthesis.oneshot.Pyramid;
import dev.recal.savedmodels.tensor.TensorValue;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;

/** The lab's inputs for the signatures of generators of one image, at different sizes. */
final class PyramidInputs {

  private static final Pyramid TRAINED = SampleNetworks.PYRAMID;
  // Another aspect ratio.
  private static final Pyramid OTHER = new Pyramid(34, 60, TRAINED.scales(), TRAINED.factor());
  private static final int COLOURS = 3;

  private static final String IMAGES = "images";
  private static final String SEED = "seed";
  private static final String COUNT = "count";
  private static final String HEIGHT = "height";
  private static final String WIDTH = "width";
  private static final String START = "start_scale";
  private static final String FACTOR = "factor";
  private static final String AMPLITUDE = "amplitude";
  private static final String FILES = "image_bytes";

  private PyramidInputs() {}

  /** Returns the inputs of the calls of a signature with these inputs, or none. */
  static List<Map<String, TensorValue>> of(Set<String> names) {
    if (names.contains("noise0")) {
      return List.of(maps(TRAINED, 2), maps(OTHER, 1));
    }
    if (names.equals(Set.of(SEED, COUNT, HEIGHT, WIDTH, START))) {
      return List.of(generated(7, 2, TRAINED, 1), generated(-3, 1, OTHER, TRAINED.last()));
    }
    if (names.equals(Set.of(AMPLITUDE))) {
      return List.of(Map.of(AMPLITUDE, scalar(1f)), Map.of(AMPLITUDE, scalar(0.7f)));
    }
    if (names.equals(Set.of(IMAGES, SEED, START))) {
      return List.of(refined(2, TRAINED, 1), refined(1, OTHER, TRAINED.last()));
    }
    if (names.equals(Set.of(IMAGES, SEED, FACTOR))) {
      return List.of(enlarged(2, TRAINED, 1.5f), enlarged(1, OTHER, 1.25f));
    }
    if (names.equals(Set.of(FILES, SEED, START))) {
      return SampleInputs.files().stream().map(PyramidInputs::refined).toList();
    }
    return List.of();
  }

  private static Map<String, TensorValue> maps(Pyramid sizes, int count) {
    Random random = new Random(count);
    Map<String, TensorValue> inputs = new LinkedHashMap<>();
    for (int scale = 0; scale < sizes.scales(); scale++) {
      int channels = scale == 0 ? 1 : COLOURS;
      int height = sizes.height(scale);
      int width = sizes.width(scale);
      float[] values = new float[count * height * width * channels];
      for (int i = 0; i < values.length; i++) {
        values[i] = (float) random.nextGaussian();
      }
      inputs.put("noise" + scale, TensorValue.of(values, count, height, width, channels));
    }
    return inputs;
  }

  private static Map<String, TensorValue> generated(long seed, int count, Pyramid size, int start) {
    return Map.of(
        SEED, scalar(seed),
        COUNT, scalar(count),
        HEIGHT, scalar(size.height()),
        WIDTH, scalar(size.width()),
        START, scalar(start));
  }

  private static Map<String, TensorValue> refined(int count, Pyramid size, int start) {
    return Map.of(IMAGES, images(count, size), SEED, scalar(5L), START, scalar(start));
  }

  private static Map<String, TensorValue> refined(byte[] file) {
    TensorValue files = TensorValue.ofBytes(List.of(file));
    return Map.of(FILES, files, SEED, scalar(5L), START, scalar(TRAINED.last()));
  }

  private static Map<String, TensorValue> enlarged(int count, Pyramid size, float factor) {
    return Map.of(IMAGES, images(count, size), SEED, scalar(5L), FACTOR, scalar(factor));
  }

  private static TensorValue images(int count, Pyramid size) {
    return SampleInputs.images(count, size.height(), size.width());
  }

  private static TensorValue scalar(long value) {
    return TensorValue.of(new long[] {value}, new long[0]);
  }

  private static TensorValue scalar(int value) {
    return TensorValue.of(new int[] {value}, new long[0]);
  }

  private static TensorValue scalar(float value) {
    return TensorValue.of(new float[] {value}, new long[0]);
  }
}
