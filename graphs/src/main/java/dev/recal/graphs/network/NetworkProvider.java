package dev.recal.graphs.network;

import java.util.List;

/**
 * A kind of network by its name, with its presets; found by {@code ServiceLoader}. Recipes, {@link
 * Networks} and the commands know these names.
 */
public interface NetworkProvider {

  /** Returns the type in JSON, in kebab case. */
  String type();

  /**
   * Returns the record class of this type. If it has a static method {@code defaults()}, JSON may
   * omit settings.
   */
  Class<? extends Network> network();

  /** Returns named networks, usually of this type; see {@link PresetList}. */
  default List<Networks.Preset> presets() {
    return List.of();
  }

  /** Returns the published accuracies of these presets, the earliest publication of each first. */
  default List<PublishedAccuracy> published() {
    return List.of();
  }
}
