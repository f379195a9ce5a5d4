package dev.recal.graphs.style.loss;

import dev.recal.graphs.features.LossNetwork;
import dev.recal.ops.GraphScope;
import dev.recal.ops.Products;
import dev.recal.ops.Shapes;
import dev.recal.ops.runtime.Graphs;
import dev.recal.ops.runtime.Sessions;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/** Gram matrices of feature maps: the style of an image, without its layout. */
public final class GramMatrices {

  private GramMatrices() {}

  /**
   * Returns G = F Fᵀ / (C · H · W), with F the map as a matrix (C, H · W).
   *
   * @param map (N, H, W, C)
   * @return (N, C, C)
   */
  public static Operand<TFloat32> of(Ops tf, Operand<TFloat32> map) {
    int channels = Shapes.channels(map);
    Operand<TInt32> pixels = tf.math.mul(Shapes.size(tf, map, 1), Shapes.size(tf, map, 2));
    Operand<TFloat32> rows =
        tf.reshape(map, tf.stack(List.of(Shapes.size(tf, map, 0), pixels, tf.constant(channels))));
    Operand<TFloat32> columns = tf.linalg.transpose(rows, tf.constant(new int[] {0, 2, 1}));
    Operand<TFloat32> values =
        tf.math.mul(tf.dtypes.cast(pixels, TFloat32.class), tf.constant((float) channels));
    return tf.math.div(Products.batched(tf, columns, rows), values);
  }

  /**
   * Computes those of an image.
   *
   * @param names of the maps
   * @param pixels row-major, (height, width, 3) in 0–1
   * @return by map, row-major (C, C)
   */
  public static Map<String, float[]> measure(
      LossNetwork network, List<String> names, int height, int width, float[] pixels) {
    try (Graph graph = Graphs.create();
        Session session = Sessions.unoptimised(graph)) {
      Ops tf = GraphScope.ops(graph);
      Operand<TFloat32> image = tf.constant(Shape.of(1, height, width, 3), DataBuffers.of(pixels));
      Map<String, Operand<TFloat32>> maps = network.build(tf, StyleTerms.signed(tf, image), names);
      List<Operand<TFloat32>> grams = new ArrayList<>();
      names.forEach(name -> grams.add(of(tf, maps.get(name))));
      Session.Runner runner = session.runner();
      grams.forEach(runner::fetch);
      Map<String, float[]> measured = new LinkedHashMap<>();
      try (Result result = runner.run()) {
        for (int i = 0; i < names.size(); i++) {
          float[] values = new float[Math.toIntExact(result.get(i).shape().size())];
          ((TFloat32) result.get(i)).copyTo(DataBuffers.of(values));
          measured.put(names.get(i), values);
        }
      }
      return measured;
    }
  }
}
