package dev.recal.tools.golden;

import com.google.gson.JsonObject;
import dev.recal.ops.BuildContext;
import dev.recal.ops.GuidedLayer;
import dev.recal.ops.Layer;
import dev.recal.ops.NoisySkipLayer;
import dev.recal.ops.SkipLayer;
import dev.recal.ops.registry.LayerRegistry;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.tensorflow.Operand;
import org.tensorflow.types.TFloat32;

/**
 * A registered module of one or more inputs.
 *
 * @param layer a {@link Layer} or a {@link SkipLayer}
 */
record GoldenModule(Object layer) {

  /** Returns the record class of a type name, if it is registered. */
  static Optional<Class<?>> type(String name) {
    Class<?> type = LayerRegistry.layers().get(name);
    return Optional.ofNullable(type == null ? LayerRegistry.skipLayers().get(name) : type);
  }

  /** Returns all type names. */
  static List<String> names() {
    List<String> names = new ArrayList<>(LayerRegistry.layers().keySet());
    names.addAll(LayerRegistry.skipLayers().keySet());
    return names;
  }

  /** Reads a module's settings. */
  static GoldenModule read(String name, JsonObject settings) {
    JsonObject json = settings.deepCopy();
    json.addProperty("type", name);
    Class<?> family = LayerRegistry.layers().containsKey(name) ? Layer.class : SkipLayer.class;
    return new GoldenModule(LayerRegistry.json().read(json, family));
  }

  /** Returns whether the module can be called with these inputs. */
  boolean takes(Set<String> inputs) {
    return (layer instanceof Layer && inputs.equals(Set.of("x")))
        || (layer instanceof GuidedLayer && inputs.equals(Set.of("x", "guide")))
        || (layer instanceof SkipLayer && inputs.equals(Set.of("low", "high")))
        || (layer instanceof NoisySkipLayer && inputs.equals(Set.of("low", "high", "noise")));
  }

  /** Builds the module on inputs that it {@link #takes}. */
  Operand<TFloat32> build(BuildContext context, Map<String, ? extends Operand<TFloat32>> inputs) {
    if (inputs.containsKey("noise")) {
      return ((NoisySkipLayer) layer)
          .build(context, inputs.get("low"), inputs.get("high"), inputs.get("noise"));
    }
    if (inputs.containsKey("low")) {
      return ((SkipLayer) layer).build(context, inputs.get("low"), inputs.get("high"));
    }
    if (inputs.containsKey("guide")) {
      return ((GuidedLayer) layer).build(context, inputs.get("x"), inputs.get("guide"));
    }
    return ((Layer) layer).build(context, inputs.get("x"));
  }
}
