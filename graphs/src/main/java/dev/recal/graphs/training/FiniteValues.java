package dev.recal.graphs.training;

import dev.recal.ops.Variable;
import dev.recal.ops.VariableStore;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TBool;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/** Checks whether variables are finite. */
public final class FiniteValues {

  private FiniteValues() {}

  /**
   * Adds the operations that check every float32 variable of a store.
   *
   * @return a scalar, true if no value is infinite or NaN
   */
  public static Operand<TBool> all(Ops tf, VariableStore store) {
    // A sum of absolute values is finite only if all of its terms are. The axes are shared, because
    // variables are many and the size of the graph is what the first step waits for.
    Map<Integer, Operand<TInt32>> axes = new HashMap<>();
    List<Operand<TFloat32>> sums = new ArrayList<>();
    for (Variable<?> variable : store.all()) {
      if (variable.type() == TFloat32.class) {
        Operand<TFloat32> value = ((Operand<?>) variable.read()).asOutput().expect(TFloat32.class);
        int rank = variable.shape().numDimensions();
        Operand<TInt32> all =
            axes.computeIfAbsent(rank, count -> tf.constant(IntStream.range(0, count).toArray()));
        sums.add(tf.reduceSum(tf.math.abs(value), all));
      }
    }
    return tf.math.isFinite(tf.math.addN(sums));
  }
}
