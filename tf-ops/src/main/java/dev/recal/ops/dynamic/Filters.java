package dev.recal.ops.dynamic;

import java.util.List;
import java.util.function.Function;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/** The filters of every image and region, not yet written out: a linear form of few values. */
sealed interface Filters permits PooledFilters, ExpertFilters {

  /** Returns what they are computed from, all that a backward pass needs. */
  List<Operand<TFloat32>> sources();

  /**
   * Returns what makes the same filters of other sources, in the same order. It holds numbers only,
   * so that a backward pass may keep it.
   */
  Function<List<Operand<TFloat32>>, Filters> form();

  /** Writes them out by group, (N·m, k²·C, O): the regions of an image are neighbours. */
  Operand<TFloat32> byGroup(Ops tf);

  /** Writes them out side by side, (N, k²·C, m·O), for one product with all of them. */
  Operand<TFloat32> sideBySide(Ops tf);

  /** Returns O. */
  int outputs();
}
