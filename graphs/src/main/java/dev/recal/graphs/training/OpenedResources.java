package dev.recal.graphs.training;

import dev.recal.graphs.data.DataSet;
import dev.recal.graphs.data.pipeline.InputPipeline;
import dev.recal.graphs.data.pipeline.PipelineSettings;
import dev.recal.ops.GraphScope;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import org.tensorflow.Graph;

/**
 * The resources that a job has opened, closed together in reverse order, even if one fails. A
 * constructor that fails halfway closes what it has.
 */
public final class OpenedResources implements AutoCloseable {

  private final Deque<AutoCloseable> opened = new ArrayDeque<>();

  /** Takes a resource to close; returns it. */
  public <T extends AutoCloseable> T add(T resource) {
    opened.push(resource);
    return resource;
  }

  /**
   * Adds the operations that read a data set to a graph.
   *
   * @param scope of their names
   * @throws IOException if the data cannot be read
   */
  public InputPipeline input(Graph graph, String scope, DataSet data, PipelineSettings settings)
      throws IOException {
    return add(InputPipeline.build(GraphScope.ops(graph).withSubScope(scope), data, settings));
  }

  /**
   * Closes everything; does nothing the second time.
   *
   * @throws IllegalStateException if something could not be closed; the others are closed
   */
  @Override
  public void close() {
    IllegalStateException failed = null;
    while (!opened.isEmpty()) {
      try {
        opened.pop().close();
      } catch (Exception failure) {
        if (failed == null) {
          failed = new IllegalStateException("A resource could not be closed.", failure);
        } else {
          failed.addSuppressed(failure);
        }
      }
    }
    if (failed != null) {
      throw failed;
    }
  }
}
