package dev.recal.graphs.classification;

import dev.recal.graphs.classification.metrics.ClassificationMetrics;
import dev.recal.graphs.classification.metrics.ClassificationOps;
import dev.recal.graphs.data.pipeline.InputPipeline;
import dev.recal.graphs.objective.Metric;
import dev.recal.graphs.objective.OutputKind;
import dev.recal.ops.BuildContext;
import dev.recal.ops.Shapes;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.tensorflow.Operand;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/** Evaluates held-out images. */
final class Evaluator {

  /** Images of which published values are kept. */
  private static final int SAMPLES = 16;

  private final ClassificationTower tower;
  private final InputPipeline input;
  private final int outputs;
  private final Operand<TInt32> count;
  private final Optional<Counts> counts;
  private final List<Operand<TFloat32>> rows;
  private final Map<String, Operand<TFloat32>> published = new TreeMap<>();
  private final Map<String, float[]> samples = new TreeMap<>();

  /** What is counted of classes that exclude each other. */
  private record Counts(
      Operand<TInt32> labels, Operand<TInt32> predictions, Operand<TInt32> inTopK) {

    static Counts of(Ops tf, ClassificationTower tower, int classes) {
      Operand<TInt32> labels = ClassificationOps.hardLabels(tf, tower.targets());
      int k = new ClassificationMetrics(classes).k();
      return new Counts(
          labels,
          ClassificationOps.predictions(tf, tower.logits()),
          ClassificationOps.numberInTopK(tf, tower.logits(), labels, k));
    }
  }

  Evaluator(ClassificationTower tower, InputPipeline input) {
    this.tower = tower;
    this.input = input;
    this.outputs = Shapes.features(tower.logits());
    BuildContext context = tower.context().at("metrics");
    Ops tf = context.tf();
    this.count = tf.gather(tf.shape(tower.targets()), tf.constant(0), tf.constant(0));
    Objective objective = tower.objective();
    this.counts =
        objective.kind() == OutputKind.ONE_CLASS
            ? Optional.of(Counts.of(tf, tower, outputs))
            : Optional.empty();
    Operand<TFloat32> answered = objective.outputs().inUnits(tf, tower.logits());
    Operand<TFloat32> expected = objective.outputs().inUnits(tf, tower.targets());
    this.rows = new ArrayList<>();
    for (Metric metric : objective.all()) {
      BuildContext own = context.at("metric" + rows.size());
      rows.add(matrix(own.tf(), metric, metric.rows(own, answered, expected)));
    }
  }

  /**
   * Keeps what layers publish for the first images of each evaluation, such as gates; see {@link
   * #samples}.
   */
  void sampling() {
    Ops tf = tower.context().at("samples").tf();
    tower
        .context()
        .published()
        .forEach(
            (name, value) -> {
              if (value.type() == TFloat32.class && value.shape().numDimensions() >= 2) {
                published.put(name, firstRows(tf, value));
              }
            });
  }

  @SuppressWarnings("unchecked")
  private static Operand<TFloat32> firstRows(Ops tf, Operand<?> value) {
    Operand<TInt32> zero = tf.constant(0);
    Operand<TInt32> count =
        tf.math.minimum(tf.gather(tf.shape(value), zero, zero), tf.constant(SAMPLES));
    Operand<TInt32> rows = tf.range(zero, count, tf.constant(1));
    return tf.gather((Operand<TFloat32>) value, rows, zero);
  }

  /** The values of the last evaluation by the names under which layers publish them. */
  Map<String, float[]> samples() {
    return samples;
  }

  private static Operand<TFloat32> matrix(Ops tf, Metric metric, Operand<TFloat32> found) {
    Shape shape = found.shape();
    if (shape.numDimensions() == 1) {
      return tf.expandDims(found, tf.constant(1));
    }
    if (shape.numDimensions() == 2 && shape.get(1) > 0) {
      return found;
    }
    throw new IllegalArgumentException(
        "metrics: expected a row of numbers for each image, of shape (N) or (N, columns), from "
            + metric
            + ", but got the shape "
            + shape
            + ".");
  }

  /**
   * Evaluates all images once that can be read.
   *
   * @throws IOException if none can
   */
  Measured evaluate(Session session) throws IOException {
    return measure(session).summary();
  }

  /** The same, to be merged with others. */
  Measurements measure(Session session) throws IOException {
    Measurements measured =
        new Measurements(tower.objective(), outputs, rows.stream().map(Shapes::features).toList());
    input.start(session, 0, 0);
    samples.clear();
    for (long i = 0; i < input.batchesPerEpoch(); i++) {
      Session.Runner runner =
          session.runner().fetch(input.marks()).fetch(count).fetch(tower.loss());
      rows.forEach(runner::fetch);
      counts.ifPresent(
          all -> runner.fetch(all.labels()).fetch(all.predictions()).fetch(all.inTopK()));
      boolean sampled = samples.isEmpty();
      if (sampled) {
        published.values().forEach(runner::fetch);
      }
      try (Result result = runner.run()) {
        if (input.reportUnreadable(result.get(0))) {
          int next = add(result, measured);
          for (String name : sampled ? published.keySet() : Set.<String>of()) {
            samples.put(name, floats((TFloat32) result.get(next++)));
          }
        }
      }
    }
    if (measured.images() == 0) {
      throw new IOException("None of the images to evaluate can be read.");
    }
    return measured;
  }

  // Returns the index of the first result that is not a metric.
  private int add(Result result, Measurements measured) {
    float loss = ((TFloat32) result.get(2)).getFloat();
    measured.add(((TInt32) result.get(1)).getInt(), loss);
    int next = 3;
    for (int i = 0; i < rows.size(); i++) {
      measured.rows().get(i).add(floats((TFloat32) result.get(next++)));
    }
    if (measured.classes().isPresent()) {
      measured
          .classes()
          .get()
          .addPredictions(
              ints((TInt32) result.get(next)),
              ints((TInt32) result.get(next + 1)),
              ((TInt32) result.get(next + 2)).getInt(),
              loss);
      next += 3;
    }
    return next;
  }

  /**
   * Estimates the batch statistics of averaged weights: the plain mean over some training batches.
   */
  static void estimateStatistics(
      Session session,
      ClassificationGraph.Estimation estimation,
      InputPipeline input,
      int batches) {
    long count = Math.min(batches, input.batchesPerEpoch());
    input.start(session, 0, 0);
    estimation.estimate().run(session, count);
  }

  private static int[] ints(TInt32 tensor) {
    int[] values = new int[Math.toIntExact(tensor.size())];
    tensor.copyTo(DataBuffers.of(values));
    return values;
  }

  private static float[] floats(TFloat32 tensor) {
    float[] values = new float[Math.toIntExact(tensor.size())];
    tensor.copyTo(DataBuffers.of(values));
    return values;
  }
}
