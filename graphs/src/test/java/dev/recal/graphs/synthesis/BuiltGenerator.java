package dev.recal.graphs.synthesis;

import dev.recal.ops.BuildContext;
import dev.recal.ops.GraphScope;
import dev.recal.ops.Tower;
import dev.recal.ops.Variable;
import dev.recal.ops.VariableStore;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.BiFunction;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Session;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.types.TFloat32;

/** A generator in a separate graph, with non-zero noise gains. */
final class BuiltGenerator implements AutoCloseable {

  final GeneratorOutput output;
  final VariableStore store;
  private final Graph graph = new Graph();
  private final Session session;
  private final Placeholder<TFloat32> z;

  BuiltGenerator(
      FastGanGenerator net,
      Tower tower,
      BiFunction<BuildContext, Operand<TFloat32>, GeneratorOutput> build) {
    store = new VariableStore(graph, 5);
    z =
        GraphScope.ops(graph)
            .placeholder(TFloat32.class, Placeholder.shape(Shape.of(-1, net.latent())));
    output = build.apply(BuildContext.of(store, tower).at("generator"), z);
    session = new Session(graph);
    Session.Runner runner = session.runner();
    List<TFloat32> fed = new ArrayList<>();
    for (Variable<?> variable : store.all()) {
      runner.addTarget(variable.initializer());
      if (variable.name().contains("noise_gain")) {
        fed.add(TFloat32.scalarOf(0.5f));
        runner.feed(variable.initialValue(), fed.get(fed.size() - 1));
      }
    }
    runner.run().close();
    fed.forEach(TFloat32::close);
  }

  static BuiltGenerator of(FastGanGenerator net, Tower tower) {
    return new BuiltGenerator(net, tower, net::build);
  }

  /** Returns rows of normal values. */
  static float[] latents(FastGanGenerator net, int count) {
    Random random = new Random(3);
    float[] values = new float[count * net.latent()];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return values;
  }

  float[] run(Operand<TFloat32> fetch, float... latents) {
    Shape shape = Shape.of(latents.length / z.shape().get(1), z.shape().get(1));
    try (TFloat32 fed = TFloat32.tensorOf(shape, DataBuffers.of(latents));
        var result = session.runner().feed(z, fed).fetch(fetch).run()) {
      TFloat32 tensor = (TFloat32) result.get(0);
      float[] values = new float[Math.toIntExact(tensor.size())];
      tensor.asRawTensor().data().asFloats().read(values);
      return values;
    }
  }

  @Override
  public void close() {
    session.close();
    graph.close();
  }
}
