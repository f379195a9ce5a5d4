package dev.recal.graphs.data.pipeline;

import dev.recal.graphs.data.DataSet;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.Tensor;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TBool;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.TUint8;

/** A pipeline whose chosen operands are returned as Java arrays, batch by batch. */
final class PipelineOutputs implements AutoCloseable {
  private final Graph graph = new Graph();
  private final Session session;
  private final List<Operand<?>> fetched;
  final InputPipeline pipeline;

  PipelineOutputs(
      DataSet data, PipelineSettings settings, Function<InputPipeline, List<Operand<?>>> operands)
      throws IOException {
    this(data, settings, (input, tf) -> operands.apply(input));
  }

  PipelineOutputs(
      DataSet data,
      PipelineSettings settings,
      BiFunction<InputPipeline, Ops, List<Operand<?>>> operands)
      throws IOException {
    try {
      Ops tf = Ops.create(graph);
      pipeline = InputPipeline.build(tf, data, settings);
      fetched = operands.apply(pipeline, tf);
    } catch (IOException | RuntimeException e) {
      graph.close();
      throw e;
    }
    session = new Session(graph);
  }

  /** Starts an epoch and returns its first batch: an array for each operand. */
  List<Object> first(long epoch) {
    pipeline.start(session, epoch, 0);
    return next();
  }

  /** Starts at a batch of an epoch. */
  void start(long epoch, long firstBatch) {
    pipeline.start(session, epoch, firstBatch);
  }

  /** Returns the next batch. */
  List<Object> next() {
    Session.Runner runner = session.runner();
    fetched.forEach(runner::fetch);
    try (Result result = runner.run()) {
      List<Object> values = new ArrayList<>();
      result.forEach(entry -> values.add(array(entry.getValue())));
      return values;
    }
  }

  private static Object array(Tensor tensor) {
    int size = Math.toIntExact(tensor.size());
    if (tensor instanceof TFloat32 floats) {
      float[] values = new float[size];
      floats.copyTo(DataBuffers.of(values));
      return values;
    }
    if (tensor instanceof TInt32 integers) {
      int[] values = new int[size];
      integers.copyTo(DataBuffers.of(values));
      return values;
    }
    if (tensor instanceof TBool booleans) {
      boolean[] values = new boolean[size];
      booleans.copyTo(DataBuffers.of(values));
      return values;
    }
    byte[] values = new byte[size];
    ((TUint8) tensor).copyTo(DataBuffers.of(values));
    return values;
  }

  @Override
  public void close() {
    session.close();
    graph.close();
    pipeline.close();
  }
}
