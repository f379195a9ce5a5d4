package dev.recal.graphs.synthesis.projection;

import dev.recal.graphs.optimisation.Adam;
import dev.recal.graphs.optimisation.VariableUpdate;
import dev.recal.graphs.synthesis.FastGanGenerator;
import dev.recal.graphs.synthesis.GeneratorServable;
import dev.recal.graphs.synthesis.latent.Latents;
import dev.recal.graphs.synthesis.loss.ImageDistance;
import dev.recal.graphs.weights.InitialWeights;
import dev.recal.ops.BuildContext;
import dev.recal.ops.GraphScope;
import dev.recal.ops.Saver;
import dev.recal.ops.Tower;
import dev.recal.ops.Variable;
import dev.recal.ops.VariableSpec;
import dev.recal.ops.VariableStore;
import dev.recal.ops.gradient.Gradients;
import dev.recal.ops.initializer.Initializer;
import dev.recal.ops.runtime.Graphs;
import dev.recal.ops.runtime.Sessions;
import java.io.IOException;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.function.IntConsumer;
import java.util.stream.IntStream;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.Tensor;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/**
 * Finds the latent vector whose image is nearest to a given image: Adam on z through the generator
 * in inference phase, from several starts in parallel, of which the best is returned.
 *
 * <p>A generator trained on few images covers a small part of all images: an image unlike the
 * training data is matched at best in colour and coarse shape, and the remaining distance shows
 * this.
 */
public final class Projector implements AutoCloseable {

  private static final String VECTORS = "projection/z";
  private static final String GENERATOR = GeneratorServable.SCOPE + "/";
  // The head of the small image, which is only for training: an exported model does not have it.
  private static final String SMALL = GENERATOR + "small/";
  private static final int CHANNELS = 3;

  private final FastGanGenerator generator;
  private final ProjectionSettings settings;
  private final Graph graph = Graphs.create();
  private final VariableStore store;
  private final Session session;
  private final Placeholder<TFloat32> target;
  private final Placeholder<TFloat32> rate;
  private final Placeholder<TFloat32> number;
  private final Variable<TFloat32> z;
  private final Operand<TFloat32> images;
  private final Operand<TFloat32> distances;
  private final Op step;

  /**
   * Builds the search and reads the generator's weights.
   *
   * @param noiseSeed of the run that trained the generator
   * @param weights of the generator
   * @param distance the term added to the difference of the pixels
   * @throws IOException if the checkpoint is missing or damaged
   * @throws IllegalArgumentException if it does not hold the generator
   */
  public Projector(
      FastGanGenerator generator,
      long noiseSeed,
      InitialWeights weights,
      ImageDistance distance,
      ProjectionSettings settings)
      throws IOException {
    this.generator = generator;
    this.settings = settings;
    try {
      store = new VariableStore(graph, noiseSeed);
      Ops tf = GraphScope.ops(graph);
      int size = generator.size();
      target = placeholder(tf, "target", Shape.of(1, size, size, CHANNELS));
      rate = placeholder(tf, "rate", Shape.scalar());
      number = placeholder(tf, "number", Shape.scalar());
      Shape vectors = Shape.of(settings.starts(), generator.latent());
      z = store.create(VECTORS, VariableSpec.weight("z", vectors, Initializer.zeros()));
      images = build(tf);
      distances = distances(tf, distance);
      // A start's distance depends only on its own row, so the gradient of the sum is the gradient
      // of each start.
      Operand<TFloat32> sum = tf.reduceSum(distances, tf.constant(0));
      Operand<TFloat32> gradient = Gradients.of(sum, List.of(z.read())).get(0);
      step = Adam.defaults().apply(new VariableUpdate(tf, store, z, gradient, rate, number, 0));
      Saver saver =
          weights.reader(
              tf,
              store.all().stream()
                  .filter(variable -> variable.name().startsWith(GENERATOR))
                  .filter(variable -> !variable.name().startsWith(SMALL))
                  .toList());
      session = restored(saver, weights.prefix());
    } catch (RuntimeException | IOException refused) {
      graph.close();
      throw refused;
    }
  }

  private static Placeholder<TFloat32> placeholder(Ops tf, String name, Shape shape) {
    return tf.withName(name).placeholder(TFloat32.class, Placeholder.shape(shape));
  }

  private Operand<TFloat32> build(Ops tf) {
    BuildContext context = BuildContext.of(store, Tower.inference()).at(GeneratorServable.SCOPE);
    return tf.clipByValue(
        generator.build(context, z.read()).images(), tf.constant(-1f), tf.constant(1f));
  }

  private Operand<TFloat32> distances(Ops tf, ImageDistance distance) {
    Operand<TFloat32> one = tf.constant(1f);
    Operand<TFloat32> wanted = tf.math.sub(tf.math.mul(target, tf.constant(2f)), one);
    Operand<TFloat32> all = tf.tile(wanted, tf.constant(new int[] {settings.starts(), 1, 1, 1}));
    Operand<TInt32> pixels = tf.constant(new int[] {1, 2, 3});
    Operand<TFloat32> squares = tf.math.mean(tf.math.squaredDifference(images, all), pixels);
    return tf.math.add(squares, distance.between(tf.withSubScope("distance"), images, all));
  }

  private Session restored(Saver saver, String prefix) {
    Session opened = Sessions.open(graph);
    try {
      store.initialize(opened);
      saver.restore(opened, prefix);
      return opened;
    } catch (RuntimeException refused) {
      opened.close();
      throw refused;
    }
  }

  /**
   * Searches.
   *
   * @param pixels of the image, (size, size, 3) in 0–1
   * @param progress receives the number of each completed step, from 1
   */
  public Projection project(float[] pixels, IntConsumer progress) {
    int size = generator.size();
    if (pixels.length != size * size * CHANNELS) {
      throw new IllegalArgumentException(
          "pixels: expected " + size + "×" + size + "×3 values, but got " + pixels.length + ".");
    }
    try (Tensor wanted =
        TFloat32.tensorOf(Shape.of(1, size, size, CHANNELS), DataBuffers.of(pixels))) {
      reset();
      Best best = new Best();
      store.assign(session, Map.of(VECTORS, nearest(wanted)));
      double first = Double.NaN;
      for (int done = 0; done < settings.steps(); done++) {
        best.evaluate(step(wanted, done));
        first = done == 0 ? best.distance : first;
        progress.accept(done + 1);
      }
      best.evaluate(evaluate(wanted));
      return result(pixels, best, first);
    }
  }

  /** The current vectors and the distances of their images. */
  private record Snapshot(float[] vectors, float[] distances) {}

  /** The nearest vector so far. */
  private static final class Best {
    private double distance = Double.POSITIVE_INFINITY;
    private float[] vector;

    void evaluate(Snapshot snapshot) {
      int length = snapshot.vectors.length / snapshot.distances.length;
      for (int i = 0; i < snapshot.distances.length; i++) {
        if (snapshot.distances[i] < distance) {
          distance = snapshot.distances[i];
          vector = Latents.row(snapshot.vectors, length, i);
        }
      }
    }
  }

  // Adam's moments are left over from the previous search.
  private void reset() {
    Session.Runner runner = session.runner();
    store.all().stream()
        .filter(variable -> !variable.name().startsWith(GENERATOR))
        .forEach(variable -> runner.addTarget(variable.initializer()));
    runner.run().close();
  }

  // As many candidates at once as there are starts.
  private float[] nearest(Tensor wanted) {
    int latent = generator.latent();
    int starts = settings.starts();
    int rounds = (settings.candidates() + starts - 1) / starts;
    float[] drawn = Latents.draw(settings.seed(), rounds * starts, latent);
    float[] distances = new float[rounds * starts];
    for (int round = 0; round < rounds; round++) {
      int from = round * starts;
      float[] part = Arrays.copyOfRange(drawn, from * latent, (from + starts) * latent);
      store.assign(session, Map.of(VECTORS, part));
      System.arraycopy(evaluate(wanted).distances, 0, distances, from, starts);
    }
    int[] order =
        IntStream.range(0, settings.candidates())
            .boxed()
            .sorted(Comparator.comparingDouble(i -> distances[i]))
            .limit(starts)
            .mapToInt(Integer::intValue)
            .toArray();
    float[] chosen = new float[starts * latent];
    for (int i = 0; i < starts; i++) {
      System.arraycopy(drawn, order[i] * latent, chosen, i * latent, latent);
    }
    return chosen;
  }

  private Snapshot evaluate(Tensor wanted) {
    return snapshot(session.runner().feed(target, wanted));
  }

  // Fetched values are read before Adam writes, which copies a value that a reader still uses.
  private Snapshot step(Tensor wanted, int done) {
    try (Tensor now = TFloat32.scalarOf(settings.rate(done));
        Tensor count = TFloat32.scalarOf(done + 1f)) {
      return snapshot(
          session
              .runner()
              .feed(target, wanted)
              .feed(rate, now)
              .feed(number, count)
              .addTarget(step));
    }
  }

  private Snapshot snapshot(Session.Runner runner) {
    try (Result result = runner.fetch(z.read()).fetch(distances).run()) {
      return new Snapshot(floats(result.get(0)), floats(result.get(1)));
    }
  }

  private Projection result(float[] pixels, Best best, double first) {
    if (best.vector == null) {
      throw new IllegalArgumentException(
          "weights: the generator produces values that are not finite.");
    }
    float[] repeated = new float[settings.starts() * best.vector.length];
    System.arraycopy(best.vector, 0, repeated, 0, best.vector.length);
    store.assign(session, Map.of(VECTORS, repeated));
    float[] image = new float[pixels.length];
    try (Result result = session.runner().fetch(images).run()) {
      System.arraycopy(floats(result.get(0)), 0, image, 0, image.length);
    }
    double squares = 0;
    for (int i = 0; i < image.length; i++) {
      image[i] = (image[i] + 1) / 2;
      squares += Math.pow(image[i] - pixels[i], 2);
    }
    return new Projection(
        best.vector, image, best.distance, Math.sqrt(squares / image.length), first);
  }

  private static float[] floats(Tensor tensor) {
    float[] values = new float[Math.toIntExact(tensor.shape().size())];
    tensor.asRawTensor().data().asFloats().read(values);
    return values;
  }

  @Override
  public void close() {
    session.close();
    graph.close();
  }
}
