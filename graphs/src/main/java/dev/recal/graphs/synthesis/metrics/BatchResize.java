package dev.recal.graphs.synthesis.metrics;

import dev.recal.ops.GraphScope;
import dev.recal.ops.runtime.Graphs;
import dev.recal.ops.runtime.Sessions;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.op.image.ScaleAndTranslate;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.TUint8;

/**
 * Resizes batches: bilinear with antialiasing, rounded to 8 bits, like {@link
 * dev.recal.ops.image.Images#resize} for one image.
 */
public final class BatchResize implements AutoCloseable {

  /** The name of the method in results. */
  public static final String METHOD = "bilinear with antialiasing";

  private final Graph graph = Graphs.create();
  private final Session session;
  private final Placeholder<TUint8> images;
  private final Operand<TUint8> resized;
  private final int height;
  private final int width;

  /**
   * A resizer.
   *
   * @param height of the results in pixels
   * @param width of the results in pixels
   */
  public BatchResize(int height, int width) {
    if (height < 1 || width < 1) {
      throw new IllegalArgumentException(
          "height and width: expected at least 1, but got " + height + " and " + width + ".");
    }
    this.height = height;
    this.width = width;
    Ops tf = GraphScope.ops(graph);
    images = tf.placeholder(TUint8.class, Placeholder.shape(Shape.of(-1, -1, -1, 3)));
    Operand<TInt32> sides =
        tf.slice(tf.shape(images), tf.constant(new int[] {1}), tf.constant(new int[] {2}));
    Operand<TFloat32> scale =
        tf.math.div(
            tf.constant(new float[] {height, width}), tf.dtypes.cast(sides, TFloat32.class));
    Operand<TFloat32> scaled =
        tf.image.scaleAndTranslate(
            images,
            tf.constant(new int[] {height, width}),
            scale,
            tf.constant(new float[2]),
            ScaleAndTranslate.kernelType("triangle"),
            ScaleAndTranslate.antialias(true));
    Operand<TFloat32> rounded = tf.math.floor(tf.math.add(scaled, tf.constant(0.5f)));
    resized =
        tf.dtypes.cast(tf.clipByValue(rounded, tf.constant(0f), tf.constant(255f)), TUint8.class);
    session = Sessions.open(graph);
  }

  /** Returns the resized images; images of the right size are returned unchanged. */
  public ImageBatch resize(ImageBatch batch) {
    if (batch.height() == height && batch.width() == width) {
      return batch;
    }
    Shape shape = Shape.of(batch.count(), batch.height(), batch.width(), 3);
    try (TUint8 fed = TUint8.tensorOf(shape, DataBuffers.of(batch.rgb()));
        Result result = session.runner().feed(images, fed).fetch(resized).run()) {
      byte[] rgb = new byte[Math.toIntExact(result.get(0).shape().size())];
      ((TUint8) result.get(0)).asRawTensor().data().read(rgb);
      return new ImageBatch(batch.count(), height, width, rgb);
    }
  }

  @Override
  public void close() {
    session.close();
    graph.close();
  }
}
