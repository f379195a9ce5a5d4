package dev.recal.graphs.synthesis.metrics;

import dev.recal.ops.GraphScope;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Concat;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/**
 * The embedded stand-in for a feature network: four levels of fixed random 3×3 convolutions with
 * rectification, average pooling by two between them. An image's features are mean and standard
 * deviation of each channel over the map. Nothing is learned and nothing is stored: the kernels
 * follow from a seed. Three quarters of the kernels of a level have no response to flat colour, so
 * that edges and textures are not drowned in brightness.
 *
 * <p>Its distances order the images of one task; they are no FID, and have no meaning outside.
 */
public final class StandInFeatures implements FeatureSource {

  private static final int[] WIDTHS = {16, 32, 64, 64};
  private static final int KERNEL = 3;
  private static final int LARGEST = 128;
  private static final long SEED = 6;
  private static final float GAIN = 1.5f;
  // One part in so many of a level's kernels sees flat colour.
  private static final int FLAT_PART = 4;
  // Photographs have about this mean and deviation.
  private static final float MEAN = 0.5f;
  private static final float DEVIATION = 0.25f;
  private static final float EPSILON = 1e-6f;
  private static final int BATCH = 32;

  private final FeatureDescription description;
  private final Graph graph = new Graph();
  private final Session session;
  private final Placeholder<TFloat32> images;
  private final Operand<TFloat32> features;
  private final BatchResize resize = new BatchResize(LARGEST, LARGEST);

  /** Builds the network. */
  public StandInFeatures() {
    Ops tf = GraphScope.ops(graph);
    images = tf.placeholder(TFloat32.class, Placeholder.shape(Shape.of(-1, -1, -1, 3)));
    features = build(tf);
    session = new Session(graph);
    description =
        new FeatureDescription(
            "Recal's stand-in network (fixed random convolutions, version 1)",
            Math.toIntExact(features.shape().get(1)),
            String.format(
                "as they are up to %d×%d, larger ones brought to that (%s)",
                LARGEST, LARGEST, BatchResize.METHOD),
            true);
  }

  private Operand<TFloat32> build(Ops tf) {
    Random random = new Random(SEED);
    Operand<TFloat32> map =
        tf.math.mul(tf.math.sub(images, tf.constant(MEAN)), tf.constant(1 / DEVIATION));
    List<Operand<TFloat32>> pooled = new ArrayList<>();
    Operand<TInt32> places = tf.constant(new int[] {1, 2});
    int channels = 3;
    List<Long> ones = List.of(1L, 1L, 1L, 1L);
    List<Long> twos = List.of(1L, 2L, 2L, 1L);
    for (int level = 0; level < WIDTHS.length; level++) {
      if (level > 0) {
        map = tf.nn.avgPool(map, twos, twos, "SAME");
      }
      Operand<TFloat32> kernel =
          tf.constant(
              Shape.of(KERNEL, KERNEL, channels, WIDTHS[level]),
              DataBuffers.of(kernel(random, channels, WIDTHS[level])));
      map = tf.nn.relu(tf.nn.conv2d(map, kernel, ones, "SAME"));
      Operand<TFloat32> mean = tf.math.mean(map, places);
      Operand<TFloat32> spread =
          tf.math.mean(
              tf.math.squaredDifference(
                  map, tf.expandDims(tf.expandDims(mean, tf.constant(1)), tf.constant(1))),
              places);
      pooled.add(mean);
      pooled.add(tf.math.sqrt(tf.math.add(spread, tf.constant(EPSILON))));
      channels = WIDTHS[level];
    }
    return Concat.create(tf.scope(), pooled, tf.constant(1));
  }

  /** Returns kernels of the norm {@value #GAIN}, (3, 3, channels, width). */
  private static float[] kernel(Random random, int channels, int width) {
    int places = KERNEL * KERNEL;
    float[] kernel = new float[places * channels * width];
    double[] one = new double[places * channels];
    for (int out = 0; out < width; out++) {
      for (int i = 0; i < one.length; i++) {
        one[i] = random.nextGaussian();
      }
      if (out >= width / FLAT_PART) {
        withoutMeans(one, channels);
      }
      double squares = 0;
      for (double value : one) {
        squares += value * value;
      }
      for (int i = 0; i < one.length; i++) {
        kernel[i * width + out] = (float) (GAIN * one[i] / Math.sqrt(squares));
      }
    }
    return kernel;
  }

  private static void withoutMeans(double[] kernel, int channels) {
    int places = kernel.length / channels;
    for (int channel = 0; channel < channels; channel++) {
      double mean = 0;
      for (int place = 0; place < places; place++) {
        mean += kernel[place * channels + channel] / places;
      }
      for (int place = 0; place < places; place++) {
        kernel[place * channels + channel] -= mean;
      }
    }
  }

  @Override
  public FeatureDescription description() {
    return description;
  }

  @Override
  public FeatureMatrix features(ImageBatch batch) {
    ImageBatch sized =
        Math.max(batch.height(), batch.width()) > LARGEST ? resize.resize(batch) : batch;
    List<FeatureMatrix> parts = new ArrayList<>();
    for (int from = 0; from < sized.count(); from += BATCH) {
      parts.add(run(sized.images(from, Math.min(sized.count(), from + BATCH))));
    }
    return FeatureMatrix.concatenate(parts);
  }

  private FeatureMatrix run(ImageBatch batch) {
    Shape shape = Shape.of(batch.count(), batch.height(), batch.width(), 3);
    try (TFloat32 fed = TFloat32.tensorOf(shape, DataBuffers.of(batch.floats()));
        Result result = session.runner().feed(images, fed).fetch(features).run()) {
      float[] values = new float[Math.toIntExact(result.get(0).shape().size())];
      ((TFloat32) result.get(0)).asRawTensor().data().asFloats().read(values);
      return FeatureMatrix.of(batch.count(), description.dimensions(), values);
    }
  }

  @Override
  public void close() {
    resize.close();
    session.close();
    graph.close();
  }
}
