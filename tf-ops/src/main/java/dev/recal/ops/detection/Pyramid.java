package dev.recal.ops.detection;

import dev.recal.ops.Arguments;
import dev.recal.ops.Shapes;
import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.types.TFloat32;

/**
 * The maps of a feature pyramid from which regions are pooled, the finest first.
 *
 * @param maps (N, H, W, C), with equal numbers of channels
 * @param strides pixels of the image for each pixel of a map; each twice the one before
 */
public record Pyramid(List<Operand<TFloat32>> maps, List<Integer> strides) {

  /** Rejects lists of different lengths, other strides, and maps with different channels. */
  public Pyramid {
    maps = List.copyOf(maps);
    strides = List.copyOf(strides);
    Arguments.require(!maps.isEmpty(), "maps", "at least one map", maps);
    Arguments.require(
        strides.size() == maps.size(),
        "strides",
        "one for each of " + maps.size() + " maps",
        strides);
    for (int i = 0; i < maps.size(); i++) {
      Arguments.atLeast(1, "strides", strides.get(i));
      Arguments.require(
          i == 0 || strides.get(i) == 2 * strides.get(i - 1),
          "strides",
          "each twice the one before",
          strides);
      int channels = Shapes.channels(maps.get(i));
      Arguments.require(
          channels == Shapes.channels(maps.get(0)),
          "maps",
          "maps of " + Shapes.channels(maps.get(0)) + " channels",
          channels);
    }
  }

  /** Returns a pyramid of one map. */
  public static Pyramid of(Operand<TFloat32> map, int stride) {
    return new Pyramid(List.of(map), List.of(stride));
  }

  /** Returns the number of levels. */
  public int levels() {
    return maps.size();
  }

  /** Returns the number of channels. */
  public int channels() {
    return Shapes.channels(maps.get(0));
  }
}
