package dev.recal.models.synthesis.oneshot;

import dev.recal.graphs.data.SplitMix64;
import dev.recal.graphs.synthesis.oneshot.Pyramid;
import dev.recal.graphs.synthesis.oneshot.PyramidMaps;
import dev.recal.ops.Arguments;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * The noise of one image: a map for each scale, of one channel at the smallest and of the image's
 * channels above.
 *
 * @param sizes of the scales; an image of another size than the training image has other ones
 * @param maps from the smallest scale to the largest, each of one image
 */
public record NoiseMaps(Pyramid sizes, List<PyramidMaps> maps) {

  /** Rejects another number of maps than of scales, and maps of other sizes. */
  public NoiseMaps {
    Objects.requireNonNull(sizes, "sizes");
    maps = List.copyOf(maps);
    Arguments.require(
        maps.size() == sizes.scales(), "maps", sizes.scales() + " scales", maps.size());
    for (int scale = 0; scale < maps.size(); scale++) {
      PyramidMaps map = maps.get(scale);
      boolean fits =
          map.count() == 1
              && map.height() == sizes.height(scale)
              && map.width() == sizes.width(scale);
      Arguments.require(
          fits,
          "maps",
          "one of " + sizes.width(scale) + "×" + sizes.height(scale) + " at scale " + scale,
          map.count() + " of " + map.width() + "×" + map.height());
    }
  }

  /**
   * Draws standard normal maps.
   *
   * @param channels of the image
   * @param seed equal seeds give equal maps
   */
  public static NoiseMaps normal(Pyramid sizes, int channels, long seed) {
    List<PyramidMaps> maps = new ArrayList<>();
    for (int scale = 0; scale < sizes.scales(); scale++) {
      SplitMix64 random = new SplitMix64(SplitMix64.mix(seed, scale));
      PyramidMaps map = zeros(sizes, scale, channels);
      for (int i = 0; i < map.values().length; i++) {
        map.values()[i] = (float) random.nextGaussian();
      }
      maps.add(map);
    }
    return new NoiseMaps(sizes, maps);
  }

  /**
   * Returns the noise that the training image is reconstructed from: a map at the smallest scale,
   * zeros above.
   *
   * @param smallest (1, h, w, 1)
   */
  static NoiseMaps fixed(Pyramid sizes, int channels, PyramidMaps smallest) {
    List<PyramidMaps> maps = new ArrayList<>(List.of(smallest));
    for (int scale = 1; scale < sizes.scales(); scale++) {
      maps.add(zeros(sizes, scale, channels));
    }
    return new NoiseMaps(sizes, maps);
  }

  private static PyramidMaps zeros(Pyramid sizes, int scale, int channels) {
    int height = sizes.height(scale);
    int width = sizes.width(scale);
    int depth = scale == 0 ? 1 : channels;
    return new PyramidMaps(1, height, width, depth, new float[height * width * depth]);
  }
}
