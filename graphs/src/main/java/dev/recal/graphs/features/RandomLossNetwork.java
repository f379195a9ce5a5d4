package dev.recal.graphs.features;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * A substitute for VGG-16 without trained weights: {@link RandomConvolutions} of 16, 32, 64 and 128
 * channels, whose maps have the names of VGG's in their places.
 *
 * <p>Random features respond to edges, colours and textures, not to objects: colours and fine
 * texture of a style are transferred, larger patterns hardly.
 *
 * @param seed of the weights
 */
public record RandomLossNetwork(long seed) implements LossNetwork {

  private static final List<Integer> CHANNELS = List.of(16, 32, 64, 128);
  private static final List<String> MAPS = List.of("relu1_2", "relu2_2", "relu3_3", "relu4_3");

  @Override
  public List<String> maps() {
    return MAPS;
  }

  @Override
  public Map<String, Operand<TFloat32>> build(
      Ops tf, Operand<TFloat32> images, Collection<String> names) {
    List<Operand<TFloat32>> all = new RandomConvolutions(seed, CHANNELS).build(tf, images);
    Map<String, Operand<TFloat32>> maps = new LinkedHashMap<>();
    for (int i = 0; i < MAPS.size(); i++) {
      if (names.contains(MAPS.get(i))) {
        maps.put(MAPS.get(i), all.get(i));
      }
    }
    return maps;
  }

  @Override
  public String description() {
    return "random features of seed " + seed + " in place of VGG-16";
  }

  @Override
  public void close() {}
}
