package dev.recal.graphs.style;

import dev.recal.ops.BuildContext;
import dev.recal.ops.GraphScope;
import dev.recal.ops.Servable;
import dev.recal.ops.ServableSignature;
import dev.recal.ops.Tower;
import dev.recal.ops.VariableStore;
import dev.recal.ops.image.Images;
import java.util.List;
import java.util.Map;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TString;

/**
 * A style network as a servable graph for images of any size.
 *
 * <p>Signatures: {@code serving_default} and {@code stylize} ({@code images} (N, H, W, 3) in 0–1 →
 * {@code stylized} of the same shape in 0–1), and {@code stylize_bytes} ({@code image_bytes} (1),
 * an image file → {@code stylized_bytes} (1), a PNG file of the same size).
 */
public final class StyleServable {

  /** The signature that gives images the style. */
  public static final String STYLIZE = "stylize";

  /** The signature that does the same for a file. */
  public static final String STYLIZE_BYTES = "stylize_bytes";

  /** The input with images in 0–1. */
  public static final String IMAGES = "images";

  /** The output with images in 0–1. */
  public static final String STYLIZED = "stylized";

  private StyleServable() {}

  /**
   * Builds a servable in an empty graph.
   *
   * @param graph an empty graph
   * @param network the network
   * @param seed of the run that trained it
   */
  public static Servable build(Graph graph, StyleTransformer network, long seed) {
    VariableStore store = new VariableStore(graph, seed);
    Ops tf = GraphScope.ops(graph);
    Shape any = Shape.of(Shape.UNKNOWN_SIZE, Shape.UNKNOWN_SIZE, Shape.UNKNOWN_SIZE, 3);
    Placeholder<TFloat32> images =
        tf.withName(IMAGES).placeholder(TFloat32.class, Placeholder.shape(any));
    Placeholder<TString> files =
        tf.withName("image_bytes")
            .placeholder(TString.class, Placeholder.shape(Shape.of(Shape.UNKNOWN_SIZE)));
    Operand<TFloat32> styled = styled(store, network, STYLIZE, images);
    // A vector, as other signatures of files have, but of one file: results differ in size.
    Operand<TString> file = tf.reshape(files, tf.array(new int[0]));
    Operand<TFloat32> decoded = tf.ensureShape(Images.decodeOne(tf, file), Shape.of(1, -1, -1, 3));
    Operand<TString> pngs = Images.encodePng(tf, styled(store, network, STYLIZE_BYTES, decoded));
    Map<String, Operand<?>> inputs = Map.of(IMAGES, images);
    Map<String, Operand<?>> outputs = Map.of(STYLIZED, styled);
    return new Servable(
        store,
        List.of(
            new ServableSignature("serving_default", inputs, outputs),
            new ServableSignature(STYLIZE, inputs, outputs),
            new ServableSignature(
                STYLIZE_BYTES, Map.of("image_bytes", files), Map.of("stylized_bytes", pngs))),
        List.of());
  }

  private static Operand<TFloat32> styled(
      VariableStore store, StyleTransformer network, String tower, Operand<TFloat32> images) {
    BuildContext context = BuildContext.of(store, Tower.serving().named(tower));
    return clipped(context.tf(), network.build(context, images));
  }

  /** Returns values clipped to 0–1. */
  public static Operand<TFloat32> clipped(Ops tf, Operand<TFloat32> values) {
    // TFLite has no built-in ClipByValue.
    return tf.math.minimum(tf.math.maximum(values, tf.constant(0f)), tf.constant(1f));
  }
}
