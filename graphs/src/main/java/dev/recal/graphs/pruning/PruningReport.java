package dev.recal.graphs.pruning;

import com.google.gson.GsonBuilder;
import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import dev.recal.graphs.profile.Profile;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Objects;

/**
 * The results of a pruning study.
 *
 * @param images the number of images
 * @param comparison the channels with which a channel was compared
 * @param profile the whole network's parameters and multiply-adds
 * @param maps whose channels were pruned
 * @param others the gates whose channels could not be
 * @param gates the ranking by mean gates
 * @param curve by that ranking
 * @param controls the curves by random rankings; may be empty, each with the shares of {@code
 *     curve}
 */
public record PruningReport(
    long images,
    Comparison comparison,
    Profile profile,
    List<GatedMap> maps,
    List<String> others,
    ChannelRanking gates,
    PruningCurve curve,
    List<PruningCurve> controls) {

  /** Rejects controls of other shares. */
  public PruningReport {
    Objects.requireNonNull(comparison, "comparison");
    Objects.requireNonNull(profile, "profile");
    Objects.requireNonNull(gates, "gates");
    maps = List.copyOf(maps);
    others = List.copyOf(others);
    controls = List.copyOf(controls);
    for (PruningCurve control : controls) {
      if (!control.shares().equals(curve.shares())) {
        throw new IllegalArgumentException(
            "controls: expected the shares "
                + curve.shares()
                + ", but got "
                + control.shares()
                + ".");
      }
    }
  }

  /** Returns the number of channels that have gates and could be pruned. */
  public int channels() {
    return maps.stream().mapToInt(GatedMap::channels).sum();
  }

  /** Returns the mean accuracy of the controls at a point, NaN without controls. */
  public double controlAccuracy(int point) {
    return controls.stream()
        .mapToDouble(control -> control.points().get(point).accuracy())
        .average()
        .orElse(Double.NaN);
  }

  /**
   * Returns a JSON object: {@code images}, {@code comparison}, {@code channels}, {@code
   * parameters}, {@code multiplyAdds} of the whole network; {@code layers} with each gate's name,
   * the variables that pruning zeroes, and its channels' mean gates; {@code unprunableGates}; and
   * {@code curves}, the first by gates, each with its {@code points}.
   */
  public String toJson() {
    JsonObject root = new JsonObject();
    root.addProperty("images", images);
    root.addProperty("comparison", comparison.name().toLowerCase(Locale.ROOT).replace('_', '-'));
    root.addProperty("channels", channels());
    root.addProperty("parameters", profile.parameters());
    root.addProperty("multiplyAdds", profile.macs());
    JsonArray layers = new JsonArray();
    maps.forEach(map -> layers.add(layer(map)));
    root.add("layers", layers);
    root.add("unprunableGates", strings(others));
    JsonArray curves = new JsonArray();
    curves.add(json(curve));
    controls.forEach(control -> curves.add(json(control)));
    root.add("curves", curves);
    return new GsonBuilder().setPrettyPrinting().disableHtmlEscaping().create().toJson(root);
  }

  private JsonObject layer(GatedMap map) {
    JsonObject layer = new JsonObject();
    layer.addProperty("gate", map.gate());
    layer.add("zeroedVariables", strings(map.variables()));
    map.convolution().ifPresent(scope -> layer.addProperty("convolution", scope));
    JsonArray means = new JsonArray();
    Arrays.stream(gates.scores().get(map.gate())).forEach(means::add);
    layer.add("meanGates", means);
    return layer;
  }

  private static JsonArray strings(List<String> strings) {
    JsonArray array = new JsonArray();
    strings.forEach(array::add);
    return array;
  }

  private static JsonObject json(PruningCurve curve) {
    JsonObject object = new JsonObject();
    object.addProperty("ranking", curve.ranking());
    JsonArray points = new JsonArray();
    for (PruningPoint point : curve.points()) {
      JsonObject row = new JsonObject();
      row.addProperty("share", point.share());
      row.addProperty("prunedChannels", point.cost().channels());
      row.addProperty("zeroedParameters", point.cost().zeroedParameters());
      row.addProperty("removableMultiplyAdds", point.cost().removableMultiplyAdds());
      row.addProperty("top1", point.accuracy());
      points.add(row);
    }
    object.add("points", points);
    return object;
  }
}
