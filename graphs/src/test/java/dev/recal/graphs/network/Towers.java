package dev.recal.graphs.network;

import dev.recal.ops.BuildContext;
import dev.recal.ops.Tower;
import dev.recal.ops.VariableStore;
import dev.recal.ops.runtime.Sessions;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Session;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/** A graph with one network, and its session. */
final class Towers implements AutoCloseable {

  final Graph graph = new Graph();
  final VariableStore store = new VariableStore(graph, 1);
  final BuildContext context;
  final Operand<TFloat32> images;
  final NetworkOutput output;
  private Session session;

  Towers(Network network, Tower tower, Shape shape) {
    context = BuildContext.of(store, tower);
    images = Ops.create(graph).constant(shape, DataBuffers.of(noise((int) shape.size())));
    output = network.build(context, images);
  }

  static float[] noise(int size) {
    SplittableRandom random = new SplittableRandom(7);
    float[] values = new float[size];
    for (int i = 0; i < size; i++) {
      values[i] = (float) random.nextDouble();
    }
    return values;
  }

  /** Opens a session and initialises every variable. */
  Session session() {
    if (session == null) {
      // Each test runs its graph once or twice; the tests of training run optimised graphs.
      session = Sessions.unoptimised(graph);
      store.initialize(session);
    }
    return session;
  }

  /** Returns the values of operands, row-major, from one run. */
  List<float[]> run(List<? extends Operand<TFloat32>> operands) {
    return run(operands, List.of());
  }

  /** Returns the values of operands, row-major, from one run that also executes the targets. */
  List<float[]> run(List<? extends Operand<TFloat32>> operands, List<? extends Op> targets) {
    return run(session(), operands, targets);
  }

  /** Returns the values of operands, row-major, from one run of a session. */
  static List<float[]> run(Session session, List<? extends Operand<TFloat32>> operands) {
    return run(session, operands, List.of());
  }

  private static List<float[]> run(
      Session session, List<? extends Operand<TFloat32>> operands, List<? extends Op> targets) {
    Session.Runner runner = session.runner();
    operands.forEach(runner::fetch);
    targets.forEach(runner::addTarget);
    try (var result = runner.run()) {
      return IntStream.range(0, operands.size())
          .mapToObj(i -> values((TFloat32) result.get(i)))
          .toList();
    }
  }

  float[] run(Operand<TFloat32> operand) {
    return run(List.of(operand)).get(0);
  }

  private static float[] values(TFloat32 tensor) {
    float[] array = new float[Math.toIntExact(tensor.size())];
    tensor.asRawTensor().data().asFloats().read(array);
    return array;
  }

  @Override
  public void close() {
    if (session != null) {
      session.close();
    }
    graph.close();
  }
}
