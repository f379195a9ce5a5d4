package dev.recal.graphs.synthesis.oneshot.training;

import dev.recal.graphs.charts.ImageGrid;
import dev.recal.graphs.synthesis.oneshot.Pyramid;
import dev.recal.graphs.synthesis.oneshot.PyramidGraph;
import dev.recal.ops.BuildContext;
import dev.recal.ops.Tower;
import dev.recal.ops.VariableStore;
import org.tensorflow.Operand;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * Pictures of a scale in training, with stored statistics as in an export: samples of the whole
 * pyramid so far, always of the same noise, and the reconstruction.
 */
final class ScalePictures {

  private final Pyramid pyramid;
  private final int channels;
  private final int scale;
  private final int count;
  private final Operand<TFloat32> samples;
  private final Operand<TFloat32> reconstruction;

  ScalePictures(Ops tf, PyramidGraph graph, int scale, int count) {
    this.pyramid = graph.pyramid();
    this.channels = graph.channels();
    this.scale = scale;
    this.count = count;
    VariableStore store = graph.store();
    BuildContext tower = BuildContext.of(store, Tower.inference().named("samples"));
    Operand<TFloat32> images = graph.nothing(tf, count);
    for (int k = 0; k <= scale; k++) {
      int[] shape = {count, pyramid.height(k), pyramid.width(k), k == 0 ? 1 : channels};
      Operand<TFloat32> noise =
          tf.random.statelessRandomNormal(
              tf.constant(shape), tower.seed("noise" + k), TFloat32.class);
      images = graph.generate(tower, k, noise, images);
      if (k < scale) {
        images = graph.enlarged(tf, images, k + 1);
      }
    }
    this.samples = shown(tf, images);
    BuildContext review = BuildContext.of(store, Tower.inference().named("review"));
    this.reconstruction = shown(tf, graph.reconstruction(review, scale));
  }

  // 0–1, in three channels.
  private Operand<TFloat32> shown(Ops tf, Operand<TFloat32> images) {
    Operand<TFloat32> half = tf.constant(0.5f);
    Operand<TFloat32> scaled = tf.math.add(tf.math.mul(images, half), half);
    return channels == 1 ? tf.tile(scaled, tf.constant(new int[] {1, 1, 1, 3})) : scaled;
  }

  /** Draws the samples. */
  ImageGrid samples(Session session) {
    float[] pixels = fetched(session, samples);
    int columns = ImageGrid.columns(count);
    ImageGrid grid =
        new ImageGrid(
            (count + columns - 1) / columns, columns, pyramid.height(scale), pyramid.width(scale));
    for (int i = 0; i < count; i++) {
      grid.put(i / columns, i % columns, pixels, i);
    }
    return grid;
  }

  /** Draws the reconstruction. */
  ImageGrid reconstruction(Session session) {
    ImageGrid grid = new ImageGrid(1, 1, pyramid.height(scale), pyramid.width(scale));
    grid.put(0, 0, fetched(session, reconstruction), 0);
    return grid;
  }

  private static float[] fetched(Session session, Operand<TFloat32> value) {
    try (Result result = session.runner().fetch(value).run()) {
      TFloat32 tensor = (TFloat32) result.get(0);
      float[] values = new float[Math.toIntExact(tensor.size())];
      tensor.asRawTensor().data().asFloats().read(values);
      return values;
    }
  }
}
