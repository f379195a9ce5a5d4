package dev.recal.graphs.style.loss;

import dev.recal.graphs.features.LossNetwork;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.StridedSlice;
import org.tensorflow.types.TFloat32;

/**
 * The weighted losses of a batch, scalars: means over its images.
 *
 * @param content Σ over maps of weight · mean (F(output) − F(content))²
 * @param style Σ over maps of weight · mean (G(output) − G(style image))²
 * @param totalVariation of the output
 */
public record StyleTerms(
    Operand<TFloat32> content, Operand<TFloat32> style, Operand<TFloat32> totalVariation) {

  /** The names of the terms, in the order of {@link #named}. */
  public static final List<String> NAMES = List.of("content", "style", "total_variation");

  private static final float LEVELS = 255;

  /**
   * Adds the losses to a graph.
   *
   * @param grams the Gram matrices of the style image by map
   * @param content the batch (N, H, W, 3) in 0–1
   * @param output what the network made of it
   */
  public static StyleTerms of(
      Ops tf,
      LossNetwork network,
      StyleLoss loss,
      Map<String, float[]> grams,
      Operand<TFloat32> content,
      Operand<TFloat32> output) {
    List<String> contentMaps = loss.content().stream().map(MapWeight::map).toList();
    Map<String, Operand<TFloat32>> targets =
        network.build(tf.withSubScope("content_features"), signed(tf, content), contentMaps);
    Map<String, Operand<TFloat32>> maps =
        network.build(tf.withSubScope("output_features"), signed(tf, output), loss.maps());
    List<Operand<TFloat32>> contents = new ArrayList<>();
    for (MapWeight each : loss.content()) {
      Operand<TFloat32> target = tf.stopGradient(targets.get(each.map()));
      contents.add(weighted(tf, each.weight(), squares(tf, maps.get(each.map()), target)));
    }
    List<Operand<TFloat32>> styles = new ArrayList<>();
    for (MapWeight each : loss.style()) {
      float[] values = grams.get(each.map());
      int channels = (int) Math.round(Math.sqrt(values.length));
      Operand<TFloat32> target =
          tf.constant(Shape.of(1, channels, channels), DataBuffers.of(values));
      Operand<TFloat32> gram = GramMatrices.of(tf, maps.get(each.map()));
      styles.add(weighted(tf, each.weight(), squares(tf, gram, target)));
    }
    return new StyleTerms(
        tf.math.addN(contents),
        tf.math.addN(styles),
        weighted(tf, loss.totalVariation(), variation(tf, output)));
  }

  /** Returns images in −1..1, as loss networks take them. */
  static Operand<TFloat32> signed(Ops tf, Operand<TFloat32> images) {
    return tf.math.sub(tf.math.mul(images, tf.constant(2f)), tf.constant(1f));
  }

  /** Returns the mean of the squared differences of all values. */
  static Operand<TFloat32> squares(Ops tf, Operand<TFloat32> a, Operand<TFloat32> b) {
    int rank = a.shape().numDimensions();
    int[] all = new int[rank];
    for (int i = 0; i < rank; i++) {
      all[i] = i;
    }
    return tf.math.mean(tf.math.squaredDifference(a, b), tf.constant(all));
  }

  static Operand<TFloat32> weighted(Ops tf, double weight, Operand<TFloat32> value) {
    return tf.math.mul(value, tf.constant((float) weight));
  }

  // Half the sum over pixels that have a neighbour to the right and one below, a mean over images.
  private static Operand<TFloat32> variation(Ops tf, Operand<TFloat32> output) {
    Operand<TFloat32> levels = tf.math.mul(output, tf.constant(LEVELS));
    Operand<TFloat32> pixels = part(tf, levels, 0, 0, -1, -1);
    Operand<TFloat32> right = tf.math.squaredDifference(pixels, part(tf, levels, 0, 1, -1, 0));
    Operand<TFloat32> below = tf.math.squaredDifference(pixels, part(tf, levels, 1, 0, 0, -1));
    Operand<TFloat32> sums =
        tf.reduceSum(tf.math.add(right, below), tf.constant(new int[] {1, 2, 3}));
    return tf.math.mul(tf.math.mean(sums, tf.constant(0)), tf.constant(0.5f));
  }

  // From a row and column to an end, of which 0 is the border.
  private static Operand<TFloat32> part(
      Ops tf, Operand<TFloat32> x, int row, int column, int lastRow, int lastColumn) {
    long open = 9 + (lastRow == 0 ? 2 : 0) + (lastColumn == 0 ? 4 : 0);
    return tf.stridedSlice(
        x,
        tf.constant(new int[] {0, row, column, 0}),
        tf.constant(new int[] {0, lastRow, lastColumn, 0}),
        tf.constant(new int[] {1, 1, 1, 1}),
        StridedSlice.beginMask(9L),
        StridedSlice.endMask(open));
  }

  /** Returns the sum of all losses. */
  public Operand<TFloat32> total(Ops tf) {
    return tf.math.addN(List.copyOf(named().values()));
  }

  /** Returns the losses by name. */
  public Map<String, Operand<TFloat32>> named() {
    Map<String, Operand<TFloat32>> named = new LinkedHashMap<>();
    named.put(NAMES.get(0), content);
    named.put(NAMES.get(1), style);
    named.put(NAMES.get(2), totalVariation);
    return named;
  }
}
