package dev.recal.graphs.synthesis.metrics;

import dev.recal.ops.GraphScope;
import dev.recal.ops.runtime.Graphs;
import dev.recal.ops.runtime.Sessions;
import java.util.Locale;
import java.util.Objects;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.types.TFloat32;

/** A perceptual distance defined by operations, in its own graph and session. */
public final class GraphPairDistance implements PairDistance {

  /** Adds the operations of a distance. */
  @FunctionalInterface
  public interface Builder {
    /**
     * Builds. The graph has no variables: what the distance has learned is in constants.
     *
     * @param first (N, size, size, 3) in −1..1
     * @param second the same
     * @return (N)
     */
    Operand<TFloat32> build(Ops tf, Operand<TFloat32> first, Operand<TFloat32> second);
  }

  private final String name;
  private final int size;
  private final Graph graph = Graphs.create();
  private final Session session;
  private final Placeholder<TFloat32> first;
  private final Placeholder<TFloat32> second;
  private final Operand<TFloat32> distances;

  /**
   * Builds the graph.
   *
   * @param name for reports
   * @param size height and width of the images
   */
  public GraphPairDistance(String name, int size, Builder builder) {
    this.name = Objects.requireNonNull(name, "name");
    this.size = size;
    try {
      Ops tf = GraphScope.ops(graph);
      Placeholder.Options shape = Placeholder.shape(Shape.of(-1, size, size, 3));
      first = tf.placeholder(TFloat32.class, shape);
      second = tf.placeholder(TFloat32.class, shape);
      distances = builder.build(tf, signed(tf, first), signed(tf, second));
      session = Sessions.open(graph);
    } catch (RuntimeException refused) {
      graph.close();
      throw refused;
    }
  }

  private static Operand<TFloat32> signed(Ops tf, Operand<TFloat32> images) {
    return tf.math.sub(tf.math.mul(images, tf.constant(2f)), tf.constant(1f));
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public double[] distances(ImageBatch a, ImageBatch b) {
    requireSize(a);
    requireSize(b);
    if (a.count() != b.count()) {
      throw new IllegalArgumentException(
          "images: expected pairs, but got " + a.count() + " and " + b.count() + " images.");
    }
    try (TFloat32 one = tensor(a);
        TFloat32 other = tensor(b);
        Result result =
            session.runner().feed(first, one).feed(second, other).fetch(distances).run()) {
      if (result.get(0).shape().size() != a.count()) {
        throw new IllegalStateException(
            String.format(
                Locale.ROOT,
                "distance '%s': expected one number for each pair, but got %s for %d pairs.",
                name,
                result.get(0).shape(),
                a.count()));
      }
      float[] values = new float[a.count()];
      ((TFloat32) result.get(0)).asRawTensor().data().asFloats().read(values);
      double[] wide = new double[values.length];
      for (int i = 0; i < wide.length; i++) {
        wide[i] = values[i];
      }
      return wide;
    }
  }

  private TFloat32 tensor(ImageBatch batch) {
    return TFloat32.tensorOf(
        Shape.of(batch.count(), size, size, 3), DataBuffers.of(batch.floats()));
  }

  private void requireSize(ImageBatch batch) {
    if (batch.height() != size || batch.width() != size) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "images: the distance '%s' was built for %d×%d pixels, but got %d×%d.",
              name,
              size,
              size,
              batch.height(),
              batch.width()));
    }
  }

  @Override
  public void close() {
    session.close();
    graph.close();
  }
}
