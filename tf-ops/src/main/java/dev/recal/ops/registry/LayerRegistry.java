package dev.recal.ops.registry;

import dev.recal.ops.Layer;
import dev.recal.ops.SkipLayer;
import dev.recal.ops.SpatialLayer;
import dev.recal.ops.json.JsonRecords;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.function.Function;

/** All layers by name: those of this library and of all providers on the class path. */
public final class LayerRegistry {

  private static final Map<String, Class<? extends Layer>> LAYERS = load(LayerProvider::layers);
  private static final Map<String, Class<? extends SkipLayer>> SKIP_LAYERS =
      load(LayerProvider::skipLayers);

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

  private static <T> Map<String, Class<? extends T>> load(
      Function<LayerProvider, Map<String, Class<? extends T>>> family) {
    Map<String, Class<? extends T>> all = new LinkedHashMap<>();
    for (LayerProvider provider : ServiceLoader.load(LayerProvider.class)) {
      family.apply(provider).forEach((name, type) -> add(all, name, type));
    }
    return Collections.unmodifiableMap(all);
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

  private static <T> void add(
      Map<String, Class<? extends T>> all, String name, Class<? extends T> type) {
    if (!type.isRecord()) {
      throw new IllegalStateException(
          "layer '" + name + "': expected a record, but " + type + " is not one.");
    }
    Class<?> other = all.put(name, type);
    if (other != null && other != type) {
      throw new IllegalStateException(
          "layer '" + name + "' is registered twice, as " + other + " and " + type + ".");
    }
  }
}
