package dev.recal.ops.registry;

import dev.recal.ops.Layer;
import dev.recal.ops.SkipLayer;
import dev.recal.ops.SpatialLayer;
import dev.recal.ops.json.JsonRecords;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/** All layers by name: those of this library and of all providers on the class path. */
public final class LayerRegistry {

  private static final Map<String, Class<? extends Layer>> LAYERS =
      ProvidedTypes.load("layer", LayerProvider.class, LayerProvider::layers);
  private static final Map<String, Class<? extends SkipLayer>> SKIP_LAYERS =
      ProvidedTypes.load("layer", LayerProvider.class, LayerProvider::skipLayers);

  private static final Map<String, Class<? extends SpatialLayer>> SPATIAL_LAYERS = spatial();

  private LayerRegistry() {}

  /** Returns record classes of layers by type name. */
  public static Map<String, Class<? extends Layer>> layers() {
    return LAYERS;
  }

  /** Returns record classes of layers of two maps by type name. */
  public static Map<String, Class<? extends SkipLayer>> skipLayers() {
    return SKIP_LAYERS;
  }

  /** Returns the JSON mapper for all layers. */
  public static JsonRecords json() {
    return JsonRecords.sealed()
        .with(Layer.class, LAYERS)
        .with(SkipLayer.class, SKIP_LAYERS)
        .with(SpatialLayer.class, SPATIAL_LAYERS);
  }

  private static Map<String, Class<? extends SpatialLayer>> spatial() {
    Map<String, Class<? extends SpatialLayer>> found = new LinkedHashMap<>();
    LAYERS.forEach(
        (name, type) -> {
          if (SpatialLayer.class.isAssignableFrom(type)) {
            found.put(name, type.asSubclass(SpatialLayer.class));
          }
        });
    return Collections.unmodifiableMap(found);
  }
}
