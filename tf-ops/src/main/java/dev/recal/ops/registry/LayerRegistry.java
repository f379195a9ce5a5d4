package dev.recal.ops.registry;

import dev.recal.ops.Layer;
import dev.recal.ops.json.JsonRecords;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.ServiceLoader;

/** Every layer that JSON can name: this library's and those of all providers on the class path. */
public final class LayerRegistry {

  private static final Map<String, Class<? extends Layer>> LAYERS = load();

  private LayerRegistry() {}

  /** Returns record classes by type name. */
  public static Map<String, Class<? extends Layer>> layers() {
    return LAYERS;
  }

  /** Returns the JSON mapper that knows every layer. */
  public static JsonRecords json() {
    return JsonRecords.sealed().with(Layer.class, LAYERS);
  }

  private static Map<String, Class<? extends Layer>> load() {
    Map<String, Class<? extends Layer>> all = new LinkedHashMap<>();
    for (LayerProvider provider : ServiceLoader.load(LayerProvider.class)) {
      provider
          .layers()
          .forEach(
              (name, type) -> {
                if (!type.isRecord()) {
                  throw new IllegalStateException(
                      "layer '"
                          + name
                          + "': a registered layer is a record, but "
                          + type
                          + " is not.");
                }
                Class<?> other = all.put(name, type);
                if (other != null && other != type) {
                  throw new IllegalStateException(
                      "layer '"
                          + name
                          + "' is registered twice, as "
                          + other
                          + " and "
                          + type
                          + ".");
                }
              });
    }
    return Collections.unmodifiableMap(all);
  }
}
