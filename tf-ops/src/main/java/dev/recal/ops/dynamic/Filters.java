package dev.recal.ops.dynamic;

import java.util.List;
import java.util.function.Function;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/** The filters of every image and region in factored form: a linear function of few values. */
sealed interface Filters permits PooledFilters, ExpertFilters {

  /** Returns the operands they are computed from, which are all that a backward pass needs. */
  List<Operand<TFloat32>> sources();

  /**
   * Returns a function that builds the same filters from other sources, in the same order. It
   * captures numbers only, so a backward pass may keep it.
   */
  Function<List<Operand<TFloat32>>, Filters> form();

  /** Expands them by group, (N·m, k²·C, O): the regions of an image are neighbours. */
  Operand<TFloat32> byGroup(Ops tf);

  /** Expands them side by side, (N, k²·C, m·O), for one product with all of them. */
  Operand<TFloat32> sideBySide(Ops tf);

  /** Returns O. */
  int outputs();
}
