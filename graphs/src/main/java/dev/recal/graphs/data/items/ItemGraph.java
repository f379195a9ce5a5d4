package dev.recal.graphs.data.items;

import dev.recal.ops.GraphScope;
import dev.recal.ops.TensorFlowFailures;
import dev.recal.ops.runtime.Graphs;
import dev.recal.ops.runtime.Sessions;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Function;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.Tensor;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.types.TInt32;

/** A separate small graph that reads single items. Thread-safe. */
final class ItemGraph implements AutoCloseable {
  private final Items items;
  private final Graph graph = Graphs.create();
  private final Map<String, Operand<?>> placeholders = new HashMap<>();
  private final Operand<TInt32> item;
  private final Operand<?> value;
  private final Session session;

  /** Adds the ops that read an item. */
  @FunctionalInterface
  interface Reading {
    Operand<?> build(Ops tf, MapFunction.Arguments arguments, Operand<TInt32> item);
  }

  ItemGraph(Items items, Reading reading) {
    this.items = items;
    items.retain();
    Ops tf = GraphScope.ops(graph);
    for (var entry : items.tensors().entrySet()) {
      MapFunction.Value argument = MapFunction.Value.like(entry.getKey(), entry.getValue());
      placeholders.put(
          entry.getKey(), tf.placeholder(argument.type(), Placeholder.shape(argument.shape())));
    }
    item = tf.placeholder(TInt32.class);
    value = reading.build(tf, new MapFunction.Arguments(placeholders), item);
    session = Sessions.open(graph);
  }

  /**
   * Reads an item.
   *
   * @param convert from the tensor, which is closed afterwards
   * @throws IOException if that fails; the message names the item
   */
  <T> T read(int index, Function<Tensor, T> convert) throws IOException {
    try (TInt32 indexTensor = TInt32.scalarOf(index)) {
      Session.Runner runner = session.runner().fetch(value).feed(item, indexTensor);
      for (var entry : items.tensors().entrySet()) {
        runner.feed(placeholders.get(entry.getKey()), entry.getValue());
      }
      try (Result result = runner.run()) {
        return convert.apply(result.get(0));
      } catch (RuntimeException e) {
        // TensorFlow's exceptions have no common type.
        throw new IOException(
            items.name(index) + " cannot be decoded: " + TensorFlowFailures.reason(e) + ".", e);
      }
    }
  }

  @Override
  public void close() {
    session.close();
    graph.close();
    items.release();
  }
}
