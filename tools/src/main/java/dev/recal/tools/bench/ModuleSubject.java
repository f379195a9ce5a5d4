package dev.recal.tools.bench;

import dev.recal.ops.Layer;
import dev.recal.ops.SkipLayer;
import dev.recal.ops.json.JsonRecords;
import dev.recal.ops.norm.AttentiveNorm;
import dev.recal.ops.norm.GroupNorm;
import dev.recal.ops.norm.InstanceNorm;
import dev.recal.ops.norm.LayerNorm;
import dev.recal.ops.recalibration.ChannelGate;
import dev.recal.ops.registry.LayerRegistry;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;

/**
 * A module to measure.
 *
 * @param name its type, and its variant after a colon
 * @param module the record, a {@link Layer} or a {@link SkipLayer}
 * @param place its position
 * @param fused whether training fuses it with its surroundings into one operation on the map
 */
public record ModuleSubject(String name, Object module, ModulePlace place, boolean fused) {

  // Variants with other costs than the defaults.
  private static final Map<String, List<String>> FORMS =
      Map.of(
          "gather-excite",
          List.of(
              "theta-minus {\"variant\": \"theta-minus\"}",
              "theta-plus {\"variant\": \"theta-plus\"}",
              "extent-4 {\"extent\": 4}"),
          "attentive-norm",
          List.of(
              "group {\"base\": \"group\"}",
              "instance {\"base\": \"instance\"}",
              "layer {\"base\": \"layer\"}",
              "mlp {\"attention\": \"mlp-bn-hsigmoid\"}",
              "mean {\"pooling\": \"mean\"}"),
          "drconv",
          List.of("experts {\"generator\": \"experts\"}"),
          "same-layer-slim",
          List.of("query-key {\"form\": \"query-key\", \"reduction\": 4}"));

  /** Rejects missing parts. */
  public ModuleSubject {
    Objects.requireNonNull(name, "name");
    Objects.requireNonNull(module, "module");
    Objects.requireNonNull(place, "place");
  }

  /** A module that is not fused. */
  public ModuleSubject(String name, Object module, ModulePlace place) {
    this(name, module, place, false);
  }

  /**
   * Returns every registered module with its defaults, further variants of some, and the norms in
   * addition to the registered ones.
   *
   * @param leftOut receives modules without defaults, which cannot be measured
   */
  public static List<ModuleSubject> all(Consumer<String> leftOut) {
    List<ModuleSubject> subjects = new ArrayList<>();
    LayerRegistry.layers().keySet().forEach(type -> add(subjects, Layer.class, type, leftOut));
    LayerRegistry.skipLayers()
        .keySet()
        .forEach(type -> add(subjects, SkipLayer.class, type, leftOut));
    Map<String, Layer> norms = new LinkedHashMap<>();
    norms.put("group-norm", GroupNorm.defaults());
    norms.put("instance-norm", InstanceNorm.defaults());
    norms.put("layer-norm", LayerNorm.defaults());
    norms.forEach((name, norm) -> subjects.add(new ModuleSubject(name, norm, ModulePlace.NORM)));
    return List.copyOf(subjects);
  }

  private static void add(
      List<ModuleSubject> subjects, Class<?> family, String type, Consumer<String> leftOut) {
    try {
      ModuleSubject subject = of(type, family, type, "{}");
      subjects.add(subject);
      if (fuses(subject.module)) {
        subjects.add(new ModuleSubject(type + ":fused", subject.module, subject.place, true));
      }
    } catch (IllegalArgumentException refused) {
      leftOut.accept(type + " has no defaults: " + refused.getMessage());
      return;
    }
    for (String form : FORMS.getOrDefault(type, List.of())) {
      int space = form.indexOf(' ');
      String name = type + ":" + form.substring(0, space);
      subjects.add(of(name, family, type, form.substring(space + 1)));
    }
  }

  private static boolean fuses(Object module) {
    return module instanceof ChannelGate gate && gate.canFold() || module instanceof AttentiveNorm;
  }

  private static ModuleSubject of(String name, Class<?> family, String type, String settings) {
    var json = JsonRecords.parse(settings).getAsJsonObject();
    json.addProperty("type", type);
    Object module = LayerRegistry.json().read(json, family);
    return new ModuleSubject(name, module, ModulePlace.of(module));
  }
}
