package dev.recal.graphs.network;

import dev.recal.ops.recalibration.SqueezeExcitation;
import dev.recal.ops.recalibration.StyleRecalibration;
import java.util.ArrayList;
import java.util.List;

/** Collects a provider's presets of one size of image. */
public final class PresetList {

  private final int imageSize;
  private final List<Networks.Preset> presets = new ArrayList<>();

  /**
   * Starts empty.
   *
   * @param imageSize rows and columns
   */
  public PresetList(int imageSize) {
    NetworkChecks.requirePositive("imageSize", imageSize);
    this.imageSize = imageSize;
  }

  /** Adds a network. */
  public PresetList add(String name, Network network) {
    presets.add(new Networks.Preset(name, network, imageSize));
    return this;
  }

  /** Adds the network with SE as {@code se-NAME} and with SRM as {@code srm-NAME}. */
  public PresetList gated(String name, NetworkFamily<?> network) {
    add("se-" + name, network.with().recalibration(SqueezeExcitation.defaults()).build());
    return add("srm-" + name, network.with().recalibration(StyleRecalibration.defaults()).build());
  }

  /** Adds those of another list, which may have another size of image. */
  public PresetList and(PresetList other) {
    presets.addAll(other.presets);
    return this;
  }

  /** Returns all presets, in the order of adding. */
  public List<Networks.Preset> list() {
    return List.copyOf(presets);
  }
}
