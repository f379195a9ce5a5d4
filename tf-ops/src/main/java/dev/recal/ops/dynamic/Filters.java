package dev.recal.ops.dynamic;

import java.util.List;
import java.util.function.Function;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/**
 * The filters of every image and region in factored form: a linear function of few values.
 *
 * <p>A filter consists of a parts, each a mixture of b vectors: shares (a, b) of an image and
 * region times a basis (b, k²·C·O/a) of the region. The pooled generator has a = k² and b = m + 1,
 * experts have a = 1 and b = E.
 */
sealed interface Filters permits PooledFilters, ExpertFilters {

  /** Returns the operands they are computed from, which are all that a backward pass needs. */
  List<Operand<TFloat32>> sources();

  /**
   * Returns a function that builds the same filters from other sources, in the same order. It
   * captures numbers only, so a backward pass may keep it.
   */
  Function<List<Operand<TFloat32>>, Filters> form();

  /** Expands them side by side, (N, k²·C, m·O), for one product with all of them. */
  Operand<TFloat32> sideBySide(Ops tf);

  /** Returns the shares of each region, (N, a, b). */
  List<Operand<TFloat32>> sharesByRegion(Ops tf);

  /**
   * Returns a region's shares for images in any order, (owners·a, b).
   *
   * @param shares of the region, (N, a, b)
   * @param owners images
   */
  default Operand<TFloat32> mixing(Ops tf, Operand<TFloat32> shares, Operand<TInt32> owners) {
    return tf.reshape(
        tf.gather(shares, owners, tf.constant(0)), tf.constant(new int[] {-1, width()}));
  }

  /**
   * Expands filters of a region, (images, k²·C, O).
   *
   * @param mixing shares, (images·a, b)
   * @param basis of the region
   * @param depth k²·C
   */
  default Operand<TFloat32> expanded(
      Ops tf, Operand<TFloat32> mixing, Operand<TFloat32> basis, int depth) {
    return tf.reshape(
        tf.linalg.matMul(mixing, basis), tf.constant(new int[] {-1, depth, outputs()}));
  }

  /**
   * Returns the basis of a region, (b, k²·C·O/a).
   *
   * @param region scalar
   */
  Operand<TFloat32> basis(Ops tf, Operand<TInt32> region);

  /** Returns the bases of all regions, (m, b, k²·C·O/a), or (1, b, k²·C·O/a) if they are one. */
  Operand<TFloat32> bases(Ops tf);

  /** Returns whether all regions have the same basis. */
  boolean sharesBasis();

  /**
   * Returns the gradients of the sources.
   *
   * @param shares the gradient of each region's shares, (N, a, b)
   * @param bases the gradient of each region's basis, or of the only one, (b, k²·C·O/a)
   */
  List<Operand<TFloat32>> gradients(
      Ops tf, List<Operand<TFloat32>> shares, List<Operand<TFloat32>> bases);

  /** Returns m. */
  int regions();

  /** Returns a, the parts of a filter. */
  int parts();

  /** Returns b, the vectors that a part mixes. */
  int width();

  /** Returns O. */
  int outputs();
}
