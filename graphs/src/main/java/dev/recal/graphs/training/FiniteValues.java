package dev.recal.graphs.training;

import dev.recal.ops.Variable;
import dev.recal.ops.VariableStore;
import java.util.ArrayList;
import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TBool;
import org.tensorflow.types.TFloat32;

/** Checks whether variables are finite. */
public final class FiniteValues {

  private FiniteValues() {}

  /**
   * Adds the operations that check every float32 variable of a store.
   *
   * @return a scalar, true if no value is infinite or NaN
   */
  public static Operand<TBool> all(Ops tf, VariableStore store) {
    // A sum of absolute values is finite only if all of its terms are.
    List<Operand<TFloat32>> sums = new ArrayList<>();
    for (Variable<?> variable : store.all()) {
      if (variable.type() == TFloat32.class) {
        Operand<TFloat32> value = ((Operand<?>) variable.read()).asOutput().expect(TFloat32.class);
        Operand<TFloat32> flat = tf.reshape(value, tf.constant(new int[] {-1}));
        sums.add(tf.reduceSum(tf.math.abs(flat), tf.constant(0)));
      }
    }
    return tf.math.isFinite(tf.math.addN(sums));
  }
}
