package dev.recal.graphs.style;

import dev.recal.graphs.features.LossNetwork;
import dev.recal.ops.BuildContext;
import dev.recal.ops.GraphScope;
import dev.recal.ops.Servable;
import dev.recal.ops.ServableSignature;
import dev.recal.ops.Tower;
import dev.recal.ops.VariableStore;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.types.TFloat32;

/**
 * A network for arbitrary styles as a servable graph for images of any size; its encoder's weights
 * are constants.
 *
 * <p>Signatures: {@code serving_default} and {@code stylize_as} ({@code images} (N, H, W, 3) and
 * {@code styles} (N, h, w, 3) in 0–1, {@code strength}, a scalar → {@code stylized} (N, H, W, 3) in
 * 0–1).
 */
public final class ArbitraryStyleServable {

  /** The signature that gives images the styles of others. */
  public static final String STYLIZE_AS = "stylize_as";

  /** The input with style images in 0–1. */
  public static final String STYLES = "styles";

  /** The input with the strength. */
  public static final String STRENGTH = "strength";

  private ArbitraryStyleServable() {}

  /**
   * Builds a servable in an empty graph.
   *
   * @param encoder may be closed afterwards
   * @param seed of the run that trained it
   */
  public static Servable build(
      Graph graph, ArbitraryStyle network, LossNetwork encoder, long seed) {
    VariableStore store = new VariableStore(graph, seed);
    Ops tf = GraphScope.ops(graph);
    Placeholder<TFloat32> images = images(tf, StyleServable.IMAGES);
    Placeholder<TFloat32> styles = images(tf, STYLES);
    Placeholder<TFloat32> strength =
        tf.withName(STRENGTH).placeholder(TFloat32.class, Placeholder.shape(Shape.scalar()));
    ArbitraryStyle.Stylized stylized =
        network.build(BuildContext.of(store, Tower.serving()), encoder, images, styles, strength);
    Map<String, Operand<?>> inputs = new LinkedHashMap<>();
    inputs.put(StyleServable.IMAGES, images);
    inputs.put(STYLES, styles);
    inputs.put(STRENGTH, strength);
    Map<String, Operand<?>> outputs =
        Map.of(StyleServable.STYLIZED, StyleServable.clipped(tf, stylized.images()));
    return new Servable(
        store,
        List.of(
            new ServableSignature("serving_default", inputs, outputs),
            new ServableSignature(STYLIZE_AS, inputs, outputs)),
        List.of());
  }

  private static Placeholder<TFloat32> images(Ops tf, String name) {
    return tf.withName(name)
        .placeholder(TFloat32.class, Placeholder.shape(Shape.of(-1, -1, -1, 3)));
  }
}
