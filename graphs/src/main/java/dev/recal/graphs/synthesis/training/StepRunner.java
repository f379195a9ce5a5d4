package dev.recal.graphs.synthesis.training;

import dev.recal.graphs.charts.ImageGrid;
import dev.recal.graphs.data.pipeline.InputPipeline;
import java.io.IOException;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.op.Op;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TUint8;

/** Runs training steps, of one or several micro-batches, and keeps the images of the last one. */
final class StepRunner {

  private static final int METRICS = 7;
  private static final int DISCRIMINATOR_METRICS = 4;
  private static final int MAX_ROWS = 8;

  private final Session session;
  private final SynthesisGraph graph;
  private final InputPipeline input;
  private final int accumulation;
  private byte[] bytes = new byte[0];
  private Shape shape = Shape.of(0, 0, 0, 0, 0);
  private AdversarialMetrics last;

  StepRunner(Session session, SynthesisGraph graph, InputPipeline input, int accumulation) {
    this.session = session;
    this.graph = graph;
    this.input = input;
    this.accumulation = accumulation;
  }

  /**
   * Takes one step of both networks.
   *
   * @throws IOException if the images cannot be read any more
   */
  AdversarialMetrics step() throws IOException {
    double[] sums = new double[METRICS];
    MicroBatchOps runs = graph.runs();
    if (accumulation == 1) {
      try (Result result =
          discriminatorRunner()
              .fetch(graph.generatorMetrics())
              .addTarget(runs.generatorStep())
              .run()) {
        add(sums, 0, result.get(0));
        keep((TUint8) result.get(1));
        input.reportUnreadable(result.get(2));
        add(sums, DISCRIMINATOR_METRICS, result.get(3));
      }
      return metrics(sums);
    }
    for (int i = 1; i <= accumulation; i++) {
      Op target = i < accumulation ? runs.discriminatorSum() : runs.discriminatorStep();
      try (Result result = discriminatorRunner().addTarget(target).run()) {
        add(sums, 0, result.get(0));
        keep((TUint8) result.get(1));
        input.reportUnreadable(result.get(2));
      }
    }
    for (int i = 1; i <= accumulation; i++) {
      Op target = i < accumulation ? runs.generatorSum() : runs.generatorStep();
      try (Result result =
          session.runner().fetch(graph.generatorMetrics()).addTarget(target).run()) {
        add(sums, DISCRIMINATOR_METRICS, result.get(0));
      }
    }
    return metrics(sums);
  }

  private Session.Runner discriminatorRunner() {
    return session
        .runner()
        .fetch(graph.discriminatorMetrics())
        .fetch(graph.pictures())
        .fetch(input.marks());
  }

  private static void add(double[] sums, int first, Object metrics) {
    TFloat32 tensor = (TFloat32) metrics;
    float[] values = new float[Math.toIntExact(tensor.size())];
    tensor.copyTo(DataBuffers.of(values));
    for (int i = 0; i < values.length; i++) {
      sums[first + i] += values[i];
    }
  }

  private AdversarialMetrics metrics(double[] sums) {
    double n = accumulation;
    last =
        new AdversarialMetrics(
            sums[0] / n,
            sums[1] / n,
            sums[2] / n,
            sums[3] / n,
            sums[4] / n,
            sums[5] / n,
            sums[6] / n);
    return last;
  }

  /** Returns the metrics of the last step. */
  AdversarialMetrics last() {
    return last;
  }

  /** Returns whether a step was taken, so that there are pictures. */
  boolean hasPictures() {
    return last != null;
  }

  private void keep(TUint8 pictures) {
    shape = pictures.shape();
    int size = Math.toIntExact(pictures.size());
    if (bytes.length != size) {
      bytes = new byte[size];
    }
    pictures.asRawTensor().data().copyTo(DataBuffers.of(bytes), size);
  }

  /**
   * Returns the last step's real images and their reconstructions, and the same for a quadrant: one
   * row for each of at most eight images.
   */
  ImageGrid pictures() {
    int kinds = (int) shape.get(0);
    int count = (int) shape.get(1);
    int size = (int) shape.get(2);
    int rows = Math.min(MAX_ROWS, count);
    float[] pixels = new float[bytes.length];
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = (bytes[i] & 0xff) / 255f;
    }
    ImageGrid grid = new ImageGrid(rows, kinds, size, size);
    for (int kind = 0; kind < kinds; kind++) {
      for (int row = 0; row < rows; row++) {
        grid.put(row, kind, pixels, kind * count + row);
      }
    }
    return grid;
  }
}
