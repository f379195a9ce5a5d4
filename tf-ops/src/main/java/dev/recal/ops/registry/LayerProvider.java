package dev.recal.ops.registry;

import dev.recal.ops.Layer;
import dev.recal.ops.SkipLayer;
import java.util.Map;

/** Provides the layers of a library by name; loaded by {@code ServiceLoader}. */
public interface LayerProvider {

  /** Returns record classes by their type names in kebab case. */
  Map<String, Class<? extends Layer>> layers();

  /** Returns record classes of layers of two maps by their type names in kebab case. */
  default Map<String, Class<? extends SkipLayer>> skipLayers() {
    return Map.of();
  }
}
