package dev.recal.graphs.data.pipeline;

import dev.recal.graphs.data.DataSet;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.tensorflow.Graph;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.Tensor;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/** A pipeline in a separate graph, whose batches are returned as Java arrays. */
public final class Batches implements AutoCloseable {
  /** One batch: images flattened, labels. */
  public record Batch(float[] images, int[] labels) {
    public float[] image(int index) {
      int size = images.length / labels.length;
      return Arrays.copyOfRange(images, index * size, (index + 1) * size);
    }
  }

  private final Graph graph = new Graph();
  private final Session session;
  public final InputPipeline pipeline;

  public Batches(DataSet data, PipelineSettings settings) throws IOException {
    try {
      pipeline = InputPipeline.build(Ops.create(graph), data, settings);
    } catch (IOException | RuntimeException e) {
      graph.close();
      throw e;
    }
    session = new Session(graph);
  }

  public void start(long epoch, long firstBatch) {
    pipeline.start(session, epoch, firstBatch);
  }

  public Batch next() {
    try (Result result =
        session
            .runner()
            .fetch(pipeline.images())
            .fetch(pipeline.labels())
            .fetch(pipeline.marks())
            .run()) {
      if (!report(result.get(2))) {
        return new Batch(new float[0], new int[0]);
      }
      TFloat32 images = (TFloat32) result.get(0);
      float[] pixels = new float[(int) images.size()];
      images.copyTo(DataBuffers.of(pixels));
      TInt32 labels = (TInt32) result.get(1);
      int[] classes = new int[(int) labels.size()];
      labels.copyTo(DataBuffers.of(classes));
      return new Batch(pixels, classes);
    }
  }

  private boolean report(Tensor marks) {
    try {
      return pipeline.reportUnreadable(marks);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** All batches from one on. */
  public List<Batch> epoch(long epoch, long firstBatch) {
    start(epoch, firstBatch);
    List<Batch> batches = new ArrayList<>();
    for (long batch = firstBatch; batch < pipeline.batchesPerEpoch(); batch++) {
      batches.add(next());
    }
    return batches;
  }

  /** All images of an epoch in one array. */
  public static float[] pixels(List<Batch> batches) {
    int size = batches.stream().mapToInt(batch -> batch.images().length).sum();
    float[] pixels = new float[size];
    int position = 0;
    for (Batch batch : batches) {
      System.arraycopy(batch.images(), 0, pixels, position, batch.images().length);
      position += batch.images().length;
    }
    return pixels;
  }

  /** All labels of an epoch in one array. */
  public static int[] labels(List<Batch> batches) {
    return batches.stream().flatMapToInt(b -> Arrays.stream(b.labels())).toArray();
  }

  @Override
  public void close() {
    session.close();
    graph.close();
    pipeline.close();
  }
}
