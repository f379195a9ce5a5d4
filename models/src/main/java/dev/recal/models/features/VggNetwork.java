package dev.recal.models.features;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The convolutions of VGG (Simonyan, Zisserman 2014, arXiv 1409.1556), without its dense layers.
 */
public enum VggNetwork {
  /** 13 convolutions. */
  VGG16(2, 2, 3, 3, 3),
  /** 16 convolutions. */
  VGG19(2, 2, 4, 4, 4);

  private static final int[] CHANNELS = {64, 128, 256, 512, 512};

  private final int[] repeats;

  VggNetwork(int... repeats) {
    this.repeats = repeats;
  }

  /** Returns the layers in order; the features are those before each pooling. */
  List<LpipsBackbone.Layer> layers() {
    return List.copyOf(named().values());
  }

  /** Returns the layers by the names of their outputs, {@code relu1_1} to {@code relu5_3}. */
  Map<String, LpipsBackbone.Layer> named() {
    Map<String, LpipsBackbone.Layer> layers = new LinkedHashMap<>();
    int index = 0;
    int in = 3;
    for (int block = 0; block < repeats.length; block++) {
      for (int i = 0; i < repeats[block]; i++) {
        int pool = i == 0 && block > 0 ? 2 : 0;
        boolean last = i == repeats[block] - 1;
        layers.put(
            "relu" + (block + 1) + "_" + (i + 1),
            new LpipsBackbone.Layer(index, 3, 1, 1, in, CHANNELS[block], pool, last));
        in = CHANNELS[block];
        index += 2;
      }
      index++;
    }
    return layers;
  }

  /** Returns the names of all maps, from the finest to the coarsest. */
  public List<String> maps() {
    return new ArrayList<>(named().keySet());
  }
}
