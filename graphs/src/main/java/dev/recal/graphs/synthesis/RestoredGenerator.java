package dev.recal.graphs.synthesis;

import dev.recal.graphs.weights.InitialWeights;
import dev.recal.ops.GraphScope;
import dev.recal.ops.Saver;
import dev.recal.ops.Servable;
import dev.recal.ops.ServableSignature;
import dev.recal.ops.runtime.Graphs;
import dev.recal.ops.runtime.Sessions;
import java.io.IOException;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import org.tensorflow.Graph;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.types.TFloat32;

/** A generator in a separate graph with the weights of a checkpoint, ready for export. */
public final class RestoredGenerator implements AutoCloseable {

  // Limits the memory of a call's maps.
  private static final int PIXELS = 1 << 20;
  private static final int MAX_BATCH = 32;

  private final FastGanGenerator generator;
  private final Graph graph = Graphs.create();
  private final Servable servable;
  private final Session session;

  /**
   * Builds the graph and restores the weights.
   *
   * @param seed of the run that trained it, which determines the noise
   * @throws IOException if the weights cannot be read
   * @throws IllegalArgumentException if they are another network's
   */
  public RestoredGenerator(FastGanGenerator generator, long seed, InitialWeights weights)
      throws IOException {
    this.generator = generator;
    try {
      servable = GeneratorServable.build(graph, generator, seed);
      Saver saver = weights.reader(GraphScope.ops(graph), servable.store().all());
      session = restored(saver, weights.prefix());
    } catch (RuntimeException | IOException refused) {
      graph.close();
      throw refused;
    }
  }

  private Session restored(Saver saver, String prefix) {
    Session opened = Sessions.open(graph);
    try {
      saver.restore(opened, prefix);
      return opened;
    } catch (RuntimeException failure) {
      opened.close();
      throw failure;
    }
  }

  /** Returns how many images of a size are generated at once. */
  public static int batch(int size) {
    return Math.max(1, Math.min(MAX_BATCH, PIXELS / (size * size)));
  }

  /**
   * Generates images.
   *
   * @param z row-major, (N, latent)
   * @return (N, size, size, 3) in 0–1
   */
  public float[] generate(float[] z) {
    return runInBatches("generate", Map.of(GeneratorServable.Z, z));
  }

  /**
   * Generates images whose skip connections read the maps of other vectors.
   *
   * @param z row-major, (N, latent)
   * @param style (N, latent)
   * @return (N, size, size, 3) in 0–1
   */
  public float[] mix(float[] z, float[] style) {
    Map<String, float[]> inputs = new LinkedHashMap<>();
    inputs.put(GeneratorServable.Z, z);
    inputs.put(GeneratorServable.STYLE, style);
    return runInBatches("mix", inputs);
  }

  private float[] runInBatches(String key, Map<String, float[]> inputs) {
    ServableSignature signature =
        servable.signatures().stream().filter(s -> s.key().equals(key)).findFirst().orElseThrow();
    int latent = generator.latent();
    int count = inputs.values().iterator().next().length / latent;
    int image = generator.size() * generator.size() * 3;
    float[] images = new float[Math.multiplyExact(count, image)];
    int batch = batch(generator.size());
    for (int from = 0; from < count; from += batch) {
      int end = Math.min(count, from + batch);
      Map<String, float[]> part = new LinkedHashMap<>();
      int begin = from;
      inputs.forEach(
          (name, values) ->
              part.put(name, Arrays.copyOfRange(values, begin * latent, end * latent)));
      run(signature, part, images, from * image);
    }
    return images;
  }

  private void run(
      ServableSignature signature, Map<String, float[]> inputs, float[] images, int offset) {
    Map<String, TFloat32> fed = new LinkedHashMap<>();
    try {
      Session.Runner runner = session.runner();
      inputs.forEach(
          (name, values) -> {
            Shape shape = Shape.of(values.length / generator.latent(), generator.latent());
            fed.put(name, TFloat32.tensorOf(shape, DataBuffers.of(values)));
          });
      fed.forEach((name, tensor) -> runner.feed(signature.inputs().get(name), tensor));
      runner.fetch(signature.outputs().get(GeneratorServable.IMAGES));
      try (Result result = runner.run()) {
        TFloat32 found = (TFloat32) result.get(0);
        found.copyTo(DataBuffers.of(images).slice(offset, found.size()));
      }
    } finally {
      fed.values().forEach(TFloat32::close);
    }
  }

  @Override
  public void close() {
    session.close();
    graph.close();
  }
}
