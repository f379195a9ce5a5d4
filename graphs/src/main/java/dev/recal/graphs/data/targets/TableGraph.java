package dev.recal.graphs.data.targets;

import dev.recal.graphs.data.items.ImageGraph;
import dev.recal.graphs.data.items.MapFunction;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.family.TNumber;

/**
 * Targets that are rows of a table, independent of the image's geometry.
 *
 * @param <T> type of the delivered numbers
 */
final class TableGraph<T extends TNumber> extends TargetGraph {
  private static final String TABLE = "target_table";

  private final TNumber table;
  private final MapFunction.Value component;
  private final Class<T> type;
  private final Function<Operand<T>, TargetBatch> batch;

  /**
   * Takes over a table.
   *
   * @param name of the delivered component
   * @param table items×row
   * @param batch wraps the rows of a batch
   */
  TableGraph(String name, TNumber table, Class<T> type, Function<Operand<T>, TargetBatch> batch) {
    super(Map.of(TABLE, table));
    this.table = table;
    this.type = type;
    this.batch = batch;
    Shape row = table.shape().subShape(1, table.shape().numDimensions());
    component = new MapFunction.Value(name, type, row);
  }

  @Override
  public List<MapFunction.Value> components() {
    return List.of(component);
  }

  @Override
  public List<Operand<?>> read(
      Ops tf, MapFunction.Arguments arguments, Operand<TInt32> item, Geometry geometry) {
    Operand<? extends TNumber> rows =
        tf.gather(arguments.get(TABLE, tableType()), item, tf.constant(0));
    return List.of(rows.type() == type ? rows : tf.dtypes.cast(rows, type));
  }

  @SuppressWarnings("unchecked")
  private Class<? extends TNumber> tableType() {
    return (Class<? extends TNumber>) table.type();
  }

  @Override
  public TargetBatch batch(List<Operand<?>> delivered) {
    return batch.apply(ImageGraph.typed(delivered.get(0), type));
  }
}
