package dev.recal.graphs.synthesis.oneshot.training;

import dev.recal.graphs.synthesis.oneshot.Pyramid;
import dev.recal.graphs.synthesis.oneshot.image.OneShotImage;
import dev.recal.ops.runtime.Graphs;
import dev.recal.ops.runtime.Sessions;
import java.util.Optional;
import java.util.Random;
import org.tensorflow.Graph;
import org.tensorflow.Session;

/** A benchmark of the training step of one scale, on an image of noise: the graph of a run. */
public final class OneShotBench implements AutoCloseable {

  private final Graph graph = Graphs.create();
  private final ScaleGraph built;
  private final Session session;

  /**
   * Builds and initialises.
   *
   * @param recipe networks and settings; its image is not opened
   * @param scale which one is trained
   */
  public OneShotBench(OneShotRecipe recipe, Pyramid pyramid, int scale) {
    pyramid.requireScale("scale", scale);
    try {
      built = new ScaleGraph(graph, recipe, pyramid, 3, scale, Optional.empty());
      session = Sessions.open(graph, recipe.training().session().config());
    } catch (RuntimeException failure) {
      graph.close();
      throw failure;
    }
    built.job().store().initialize(session);
    built.start().run(session, noise(pyramid.height(), pyramid.width()).values());
  }

  private static OneShotImage noise(int height, int width) {
    byte[] rgb = new byte[height * width * 3];
    new Random(1).nextBytes(rgb);
    return OneShotImage.ofBytes(height, width, rgb);
  }

  /** Takes a step of both networks; returns its seconds. */
  public double step() {
    long from = System.nanoTime();
    session.runner().fetch(built.metricValues()).addTarget(built.takeStep()).run().close();
    return (System.nanoTime() - from) / 1e9;
  }

  @Override
  public void close() {
    session.close();
    graph.close();
  }
}
