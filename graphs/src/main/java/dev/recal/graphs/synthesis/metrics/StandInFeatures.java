package dev.recal.graphs.synthesis.metrics;

import dev.recal.ops.GraphScope;
import dev.recal.ops.runtime.Graphs;
import dev.recal.ops.runtime.Sessions;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
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
 * The embedded stand-in for a feature network: three levels of fixed random 3×3 convolutions (16,
 * 32 and 64 channels) with ReLU, and average pooling by two between them. An image's 224 features
 * are mean and standard deviation of each channel over the map. Nothing is learned or stored: the
 * kernels are generated from a seed. Three quarters of the kernels of a level do not respond to
 * flat colour, so that brightness does not dominate edges and textures.
 *
 * <p>Its distances rank image sets of the same task and size; they are not FID, and respond to
 * textures and colours, not to objects. Fréchet distances of 1,000 CIFAR-10 images to 1,000 others
 * of their class, as multiples of the distance of two halves of real images (means over five
 * splits; horses, then frogs): blurred with σ 0.5 and 1 pixel 14 and 105, 10 and 69; noise of 0.03
 * and 0.1 1.5 and 42, 1.7 and 51; 10, 25, 50 and 100 % replaced by other classes 1.3, 2.7, 6.5 and
 * 20, 1.7, 4.3, 12 and 41; only 50 different images 11 and 10. Single splits exceed the halves from
 * 25 % on (2.2 at least), but not always at 10 % (0.75). The network of the recipe quickstart,
 * trained on synthetic textures, was better at noise and worse at mixing (1.2, 1.8, 3.4 and 8.3 for
 * other classes among horses), so nothing trained is embedded.
 */
public final class StandInFeatures implements FeatureSource {

  /** The name of the network in results. */
  public static final String NAME =
      "Recal's stand-in network (fixed random convolutions, version 1)";

  private static final int[] WIDTHS = {16, 32, 64};
  private static final int KERNEL = 3;
  private static final int MAX_SIZE = 128;
  private static final long SEED = 2;
  private static final float GAIN = 1.5f;
  // One in this many of a level's kernels responds to flat colour.
  private static final int FLAT_PART = 4;
  // The approximate mean and deviation of photographs.
  private static final float MEAN = 0.5f;
  private static final float DEVIATION = 0.25f;
  private static final float EPSILON = 1e-6f;
  private static final int BATCH = 32;

  private final FeatureDescription description;
  private final Graph graph = Graphs.create();
  private final Session session;
  private final Placeholder<TFloat32> images;
  private final Operand<TFloat32> features;
  private Operand<TFloat32> lastMap;
  private final BatchResize resize = new BatchResize(MAX_SIZE, MAX_SIZE);

  /** Builds the network. */
  public StandInFeatures() {
    Ops tf = GraphScope.ops(graph);
    images = tf.placeholder(TFloat32.class, Placeholder.shape(Shape.of(-1, -1, -1, 3)));
    features = build(tf, new Random(SEED));
    session = Sessions.open(graph);
    description =
        new FeatureDescription(
            NAME,
            Math.toIntExact(features.shape().get(1)),
            String.format(
                Locale.ROOT,
                "unchanged up to %d×%d, larger ones resized to that (%s)",
                MAX_SIZE,
                MAX_SIZE,
                BatchResize.METHOD),
            true);
  }

  private Operand<TFloat32> build(Ops tf, Random random) {
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
    lastMap = map;
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
        Math.max(batch.height(), batch.width()) > MAX_SIZE ? resize.resize(batch) : batch;
    List<FeatureMatrix> parts = new ArrayList<>();
    for (int from = 0; from < sized.count(); from += BATCH) {
      ImageBatch part = sized.images(from, Math.min(sized.count(), from + BATCH));
      parts.add(run(part, features, description.dimensions()));
    }
    return FeatureMatrix.concatenate(parts);
  }

  /**
   * Returns the last map of images that are not resized: a row of {@link #positionDimensions()}
   * channels per position, image by image. The map has a quarter of the image's height and width,
   * rounded up; a position responds to 18×18 pixels. So it resembles the map of Inception-v3 before
   * its second pooling, with a quarter and 23×23.
   */
  public FeatureMatrix positions(ImageBatch batch) {
    return run(batch, lastMap, positionDimensions());
  }

  /** Returns the number of channels of the last map. */
  public int positionDimensions() {
    return WIDTHS[WIDTHS.length - 1];
  }

  private FeatureMatrix run(ImageBatch batch, Operand<TFloat32> fetched, int dimensions) {
    Shape shape = Shape.of(batch.count(), batch.height(), batch.width(), 3);
    try (TFloat32 fed = TFloat32.tensorOf(shape, DataBuffers.of(batch.floats()));
        Result result = session.runner().feed(images, fed).fetch(fetched).run()) {
      float[] values = new float[Math.toIntExact(result.get(0).shape().size())];
      ((TFloat32) result.get(0)).asRawTensor().data().asFloats().read(values);
      return FeatureMatrix.of(values.length / dimensions, dimensions, values);
    }
  }

  @Override
  public void close() {
    resize.close();
    session.close();
    graph.close();
  }
}
