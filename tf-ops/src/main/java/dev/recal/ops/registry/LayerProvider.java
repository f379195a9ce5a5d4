package dev.recal.ops.registry;

import dev.recal.ops.Layer;
import java.util.Map;

/** Names the layers of a library; found by {@code ServiceLoader}. */
public interface LayerProvider {

  /** Returns record classes by their type names in kebab case. */
  Map<String, Class<? extends Layer>> layers();
}
