package dev.recal.graphs.classification.serving;

import dev.recal.graphs.network.NetworkOutput;
import dev.recal.ops.ServableSignature;
import dev.recal.ops.Shapes;
import java.util.LinkedHashMap;
import java.util.Map;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.ReduceSum;
import org.tensorflow.types.TFloat32;

/**
 * The signatures of a network that learns embeddings: {@value #EMBED} takes {@value #IMAGES},
 * {@value #EMBED_BYTES} image files.
 *
 * <p>Outputs: {@value #EMBEDDINGS}, (N, D), as the network computes them; and {@value #NORMALIZED},
 * (N, D), of length 1. The protocols of face verification add the embeddings of an image and of its
 * mirror image before they normalise the sum, so they need the first; programs that compare single
 * images need the second.
 */
public final class EmbedSignature {

  /** The key of the signature for pixels. */
  public static final String EMBED = "embed";

  /** The key of the signature for files. */
  public static final String EMBED_BYTES = "embed_bytes";

  /** The input of pixels, (N, H, W, 3) in 0–1. */
  public static final String IMAGES = "images";

  /** The output before normalisation. */
  public static final String EMBEDDINGS = "embeddings";

  /** The output of length 1. */
  public static final String NORMALIZED = "normalized";

  // Keeps the length of an embedding of zeros from 0.
  private static final float MIN_SQUARE = 1e-12f;

  private EmbedSignature() {}

  /**
   * Makes a signature.
   *
   * @param tf for the operations; its scope must differ for each signature
   * @param output of the network for the input
   * @param stage whose map, of one pixel, is the embedding
   */
  static ServableSignature build(
      Ops tf, String key, Map<String, Operand<?>> input, NetworkOutput output, String stage) {
    Operand<TFloat32> map = output.stages().get(stage).map();
    Operand<TFloat32> rows = tf.reshape(map, tf.constant(new int[] {-1, Shapes.channels(map)}));
    Operand<TFloat32> squares =
        tf.reduceSum(tf.math.square(rows), tf.constant(1), ReduceSum.keepDims(true));
    Operand<TFloat32> scale = tf.math.rsqrt(tf.math.maximum(squares, tf.constant(MIN_SQUARE)));
    Map<String, Operand<?>> answers = new LinkedHashMap<>();
    answers.put(EMBEDDINGS, rows);
    answers.put(NORMALIZED, tf.math.mul(rows, scale));
    return new ServableSignature(key, input, answers);
  }
}
