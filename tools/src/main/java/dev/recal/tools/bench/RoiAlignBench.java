package dev.recal.tools.bench;

import dev.recal.graphs.training.Precision;
import dev.recal.ops.GraphScope;
import dev.recal.ops.VariableSpec;
import dev.recal.ops.VariableStore;
import dev.recal.ops.detection.Conventions;
import dev.recal.ops.detection.Pyramid;
import dev.recal.ops.detection.RoiAlign;
import dev.recal.ops.gradient.Gradients;
import dev.recal.ops.initializer.Uniform;
import dev.recal.ops.runtime.Graphs;
import dev.recal.ops.runtime.Sessions;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Session;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/**
 * RoIAlign on the levels of one image, as in training: its forward pass, and the gradient of the
 * maps. Maps, boxes and the incoming gradient are in the graph, as in a network.
 */
public final class RoiAlignBench implements AutoCloseable {

  private static final int FIRST_STRIDE = 4;
  private static final int LEVELS = 4;

  private final Graph graph = Graphs.create();
  private final VariableStore store = new VariableStore(graph, 1);
  private final Operand<TFloat32> pooled;
  private final List<Operand<TFloat32>> gradients;
  private final Operand<TFloat32> boxes;
  private final TFloat32 fed;
  private final Session session;

  /**
   * Builds and initialises.
   *
   * @param height of the image, a multiple of 32
   * @param width of the image, a multiple of 32
   * @param regions the number of regions
   * @param size rows and columns of bins
   */
  public RoiAlignBench(int height, int width, int channels, int regions, int size) {
    Ops tf = GraphScope.ops(graph);
    List<Operand<TFloat32>> maps = new ArrayList<>();
    List<Integer> strides = new ArrayList<>();
    for (int level = 0; level < LEVELS; level++) {
      int stride = FIRST_STRIDE << level;
      strides.add(stride);
      maps.add(values("map" + level, Shape.of(1, height / stride, width / stride, channels)));
    }
    // Fed, because what is computed from constants is computed once.
    boxes = tf.placeholder(TFloat32.class, Placeholder.shape(Shape.of(-1, 4)));
    fed = TFloat32.tensorOf(Shape.of(regions, 4), DataBuffers.of(boxes(height, width, regions)));
    Operand<TInt32> zero = tf.constant(0);
    Operand<TInt32> count = tf.gather(tf.shape(boxes), tf.constant(new int[] {0}), zero);
    Operand<TInt32> images = tf.fill(count, zero);
    RoiAlign pooling = RoiAlign.of(Conventions.TORCHVISION, size);
    Pyramid pyramid = new Pyramid(maps, strides);
    pooled = pooling.sparseProduct(tf, pyramid, boxes, images);
    Shape output = Shape.of(regions, size, size, channels);
    gradients = Gradients.of(pooled, maps, Optional.of(values("gradient", output)));
    session = Sessions.open(graph, Precision.FLOAT32.session(0));
    store.initialize(session);
  }

  private Operand<TFloat32> values(String name, Shape shape) {
    return store
        .create("bench/" + name, VariableSpec.statistic(name, shape, new Uniform(-1f, 1f)))
        .read();
  }

  /**
   * Returns the corners of regions: places and sizes are a sequence that covers an image evenly,
   * the same in every language. The square roots of their areas are from 16 to 512 pixels.
   */
  public static float[] boxes(int height, int width, int regions) {
    float[] boxes = new float[4 * regions];
    for (int i = 0; i < regions; i++) {
      double side = 16 * Math.pow(32, share(i, 2));
      double shape = Math.sqrt(0.5 * Math.pow(4, share(i, 3)));
      double w = Math.min(width, side * shape);
      double h = Math.min(height, side / shape);
      double x = share(i, 5) * (width - w);
      double y = share(i, 7) * (height - h);
      boxes[4 * i] = (float) x;
      boxes[4 * i + 1] = (float) y;
      boxes[4 * i + 2] = (float) (x + w);
      boxes[4 * i + 3] = (float) (y + h);
    }
    return boxes;
  }

  // The fraction of a multiple of a square root.
  private static double share(int i, int number) {
    double multiple = (i + 0.5) * Math.sqrt(number);
    return multiple - Math.floor(multiple);
  }

  /** Runs the forward pass once; returns its seconds. */
  public double forward() {
    return seconds(List.of(pooled));
  }

  /** Computes the gradient of the maps once, without the forward pass; returns its seconds. */
  public double backward() {
    return seconds(gradients);
  }

  /** Runs both passes once; returns their seconds. */
  public double step() {
    List<Operand<TFloat32>> both = new ArrayList<>(gradients);
    both.add(pooled);
    return seconds(both);
  }

  // Fetching needs no copy, and fetched values cannot be optimised away.
  private double seconds(List<Operand<TFloat32>> fetches) {
    Session.Runner runner = session.runner().feed(boxes, fed);
    fetches.forEach(runner::fetch);
    long from = System.nanoTime();
    runner.run().close();
    return (System.nanoTime() - from) / 1e9;
  }

  @Override
  public void close() {
    session.close();
    fed.close();
    graph.close();
  }
}
