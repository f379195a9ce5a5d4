package dev.recal.graphs.network;

import java.util.Objects;
import org.tensorflow.Operand;
import org.tensorflow.types.TFloat32;

/**
 * A named feature map of a network.
 *
 * @param map (N, H, W, channels)
 * @param stride pixels of the image per step in the map
 * @param channels its channels
 */
public record Stage(Operand<TFloat32> map, int stride, int channels) {

  /** Rejects a missing map. */
  public Stage {
    Objects.requireNonNull(map, "map");
  }
}
