package dev.recal.graphs.classification;

import dev.recal.graphs.classification.metrics.ClassificationMetrics;
import dev.recal.graphs.classification.metrics.ClassificationOps;
import dev.recal.graphs.classification.metrics.ClassificationSummary;
import dev.recal.graphs.data.pipeline.InputPipeline;
import java.io.IOException;
import org.tensorflow.Operand;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/** Evaluates held-out images. */
final class Evaluator {

  private final ClassificationTower tower;
  private final InputPipeline input;
  private final int classes;
  private final Operand<TInt32> predictions;
  private final Operand<TInt32> inTopK;

  Evaluator(ClassificationTower tower, InputPipeline input, int classes) {
    this.tower = tower;
    this.input = input;
    this.classes = classes;
    Ops tf = tower.context().at("metrics").tf();
    int k = new ClassificationMetrics(classes).k();
    this.predictions = ClassificationOps.predictions(tf, tower.logits());
    this.inTopK = ClassificationOps.numberInTopK(tf, tower.logits(), tower.labels(), k);
  }

  /**
   * Evaluates all images once that can be read.
   *
   * @throws IOException if none can
   */
  ClassificationSummary evaluate(Session session) throws IOException {
    return measure(session).summary();
  }

  /** The same, to be merged with others. */
  ClassificationMetrics measure(Session session) throws IOException {
    ClassificationMetrics metrics = new ClassificationMetrics(classes);
    input.start(session, 0, 0);
    for (long i = 0; i < input.batchesPerEpoch(); i++) {
      try (Result result =
          session
              .runner()
              .fetch(tower.labels())
              .fetch(predictions)
              .fetch(inTopK)
              .fetch(tower.loss())
              .fetch(input.marks())
              .run()) {
        if (!input.reportUnreadable(result.get(4))) {
          continue;
        }
        metrics.addPredictions(
            ints((TInt32) result.get(0)),
            ints((TInt32) result.get(1)),
            ((TInt32) result.get(2)).getInt(),
            ((TFloat32) result.get(3)).getFloat());
      }
    }
    if (metrics.summary().images() == 0) {
      throw new IOException("None of the images to evaluate can be read.");
    }
    return metrics;
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
}
