package dev.recal.graphs.style.loss;

import dev.recal.graphs.features.LossNetwork;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * The weighted losses of images that got the styles of other images, scalars: means over a batch.
 *
 * @param content weight · mean (F(output) − target)², the target being the normalised features
 * @param style weight · Σ over maps of mean (μ(output) − μ(style))² + mean (σ(output) − σ(style))²
 */
public record ArbitraryTerms(Operand<TFloat32> content, Operand<TFloat32> style) {

  /** The names of the terms, in the order of {@link #named}. */
  public static final List<String> NAMES = List.of("content", "style");

  /**
   * Adds the losses to a graph.
   *
   * @param loss maps and weights
   * @param map the map that the network decodes
   * @param target the normalised features of this map
   * @param styles the style images (N, h, w, 3) in 0–1
   * @param output what the network decoded, (N, H, W, 3)
   */
  public static ArbitraryTerms of(
      Ops tf,
      LossNetwork network,
      ArbitraryLoss loss,
      String map,
      Operand<TFloat32> target,
      Operand<TFloat32> styles,
      Operand<TFloat32> output) {
    Set<String> names = new LinkedHashSet<>(loss.maps());
    names.add(map);
    Map<String, Operand<TFloat32>> ours =
        network.build(tf.withSubScope("output_features"), StyleTerms.signed(tf, output), names);
    Map<String, Operand<TFloat32>> theirs =
        network.build(
            tf.withSubScope("style_features"), StyleTerms.signed(tf, styles), loss.maps());
    List<Operand<TFloat32>> parts = new ArrayList<>();
    for (String name : loss.maps()) {
      FeatureMoments found = FeatureMoments.of(tf, ours.get(name));
      FeatureMoments wanted = FeatureMoments.of(tf, theirs.get(name));
      parts.add(StyleTerms.squares(tf, found.mean(), tf.stopGradient(wanted.mean())));
      parts.add(StyleTerms.squares(tf, found.deviation(), tf.stopGradient(wanted.deviation())));
    }
    Operand<TFloat32> difference = StyleTerms.squares(tf, ours.get(map), tf.stopGradient(target));
    return new ArbitraryTerms(
        StyleTerms.weighted(tf, loss.contentWeight(), difference),
        StyleTerms.weighted(tf, loss.styleWeight(), tf.math.addN(parts)));
  }

  /** Returns the sum of both. */
  public Operand<TFloat32> total(Ops tf) {
    return tf.math.add(content, style);
  }

  /** Returns the losses by name. */
  public Map<String, Operand<TFloat32>> named() {
    Map<String, Operand<TFloat32>> named = new LinkedHashMap<>();
    named.put(NAMES.get(0), content);
    named.put(NAMES.get(1), style);
    return named;
  }
}
