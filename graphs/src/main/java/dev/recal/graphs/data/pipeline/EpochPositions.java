package dev.recal.graphs.data.pipeline;

import dev.recal.graphs.data.items.MapFunction;
import java.util.List;
import org.tensorflow.ConcreteFunction;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TInt64;
import org.tensorflow.types.family.TType;

/**
 * The positions of an epoch as tf.data datasets.
 *
 * @param tf for the operations
 * @param order the epoch
 */
record EpochPositions(Ops tf, PipelineSettings settings, EpochOrder order) {

  /** The positions from a batch on, in parts that have no batch in common. */
  List<Operand<? extends TType>> from(Operand<TInt64> firstBatch) {
    long size = settings.batch();
    long count = order.positions();
    long end = Math.min(count, order.batches() * size);
    Operand<TInt64> first = tf.math.mul(firstBatch, tf.constant(size));
    long landscape = order.landscapePositions();
    if (settings.share().count() > 1) {
      return List.of(shared(firstBatch));
    }
    if (settings.dropRemainder() || landscape == count) {
      return List.of(range(first, tf.constant(end)));
    }
    long landscapeBatches = (landscape + size - 1) / size;
    Operand<TInt64> beyond = tf.math.sub(first, tf.constant(landscapeBatches * size));
    return List.of(
        range(first, tf.constant(landscape)),
        range(
            tf.math.add(tf.constant(landscape), tf.math.maximum(beyond, tf.constant(0L))),
            tf.constant(end)));
  }

  /** The positions from a batch on of this part of each batch. */
  private Operand<? extends TType> shared(Operand<TInt64> firstBatch) {
    long size = settings.delivered();
    long before = settings.share().index() * size;
    MapFunction.Value number = new MapFunction.Value("number", TInt64.class, Shape.scalar());
    List<MapFunction.Value> position =
        List.of(new MapFunction.Value(PipelineFunctions.POSITION, TInt64.class, Shape.scalar()));
    try (ConcreteFunction function =
        MapFunction.create(
            "input_position",
            List.of(number),
            List.of(),
            (ops, own) -> {
              Operand<TInt64> n = own.get("number", TInt64.class);
              Operand<TInt64> delivered = ops.constant(size);
              Operand<TInt64> start =
                  ops.math.mul(
                      ops.math.floorDiv(n, delivered), ops.constant((long) settings.batch()));
              Operand<TInt64> inPart =
                  ops.math.add(ops.math.floorMod(n, delivered), ops.constant(before));
              return List.of(ops.math.add(start, inPart));
            })) {
      return tf.data.mapDataset(
          range(tf.math.mul(firstBatch, tf.constant(size)), tf.constant(order.batches() * size)),
          List.of(),
          function,
          MapFunction.types(position),
          MapFunction.shapes(position));
    }
  }

  Operand<? extends TType> range(Operand<TInt64> first, Operand<TInt64> end) {
    return tf.data.rangeDataset(
        first, end, tf.constant(1L), List.of(TInt64.class), List.of(Shape.scalar()));
  }
}
