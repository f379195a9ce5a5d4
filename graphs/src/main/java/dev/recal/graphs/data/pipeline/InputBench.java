package dev.recal.graphs.data.pipeline;

import dev.recal.graphs.data.DataSet;
import dev.recal.graphs.data.items.DecodePass;
import dev.recal.ops.GraphScope;
import dev.recal.ops.runtime.Graphs;
import dev.recal.ops.runtime.Sessions;
import java.io.IOException;
import org.tensorflow.Graph;
import org.tensorflow.Session;

/** Benchmarks of a data set in images per second; nothing is copied into Java. */
public final class InputBench {

  private InputBench() {}

  /**
   * Reads and decodes every image once, in all threads, and discards it.
   *
   * @param data opened with {@link dev.recal.graphs.data.Validation#HEADERS}, so that nothing is
   *     decoded yet
   * @return images per second
   */
  public static double decoding(DataSet data) {
    long start = System.nanoTime();
    DecodePass.check(data.images());
    return data.items().count() / seconds(start);
  }

  /**
   * Runs a pipeline by itself.
   *
   * @param batches how many are measured, after {@code warmUp} others; epochs follow each other
   * @return images per second
   * @throws IOException if an image cannot be read
   */
  public static double pipeline(DataSet data, PipelineSettings settings, int warmUp, int batches)
      throws IOException {
    try (Graph graph = Graphs.create();
        InputPipeline input = InputPipeline.build(GraphScope.ops(graph), data, settings);
        Session session = Sessions.open(graph)) {
      long start = 0;
      for (int batch = 0; batch < warmUp + batches; batch++) {
        if (batch == warmUp) {
          start = System.nanoTime();
        }
        if (batch % input.batchesPerEpoch() == 0) {
          input.start(session, batch / input.batchesPerEpoch(), 0);
        }
        session.runner().addTarget(input.inputs().op()).run().close();
      }
      return (double) batches * settings.batch() / seconds(start);
    }
  }

  private static double seconds(long start) {
    return (System.nanoTime() - start) / 1e9;
  }
}
