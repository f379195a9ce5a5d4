package dev.recal.graphs.network;

import dev.recal.ops.BuildContext;
import dev.recal.ops.Layer;
import dev.recal.ops.conv.Conv2d;
import dev.recal.ops.norm.Norm;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.tensorflow.Operand;
import org.tensorflow.types.TFloat32;

/**
 * A block of an {@link AndOrNet}: an AND-OR graph over the slices of its input's channels.
 *
 * <p>With f a node operation, and x[i, j] the slices i to j of the input:
 *
 * <pre>
 * T(i, j)      = f(x[i, j])
 * AND(i, k, j) = f(concat(OR(i, k), OR(k + 1, j)))
 * OR(i, j)     = f(T(i, j) + Σk AND(i, k, j)),   OR(i, i) = T(i, i)
 * y            = OR(0, slices - 1)
 * </pre>
 *
 * <p>f is 1×1 to a quarter of the channels, rounded up, 3×3, and 1×1 back, each with norm and ReLU.
 * In an OR-node of a residual form, f also adds its argument before the last ReLU. Intervals are
 * shared, and of two mirrored splits only the one whose first part is the shorter is built: four
 * slices have 8 T-nodes, 5 AND-nodes and 4 OR-nodes.
 *
 * <p>Scopes: {@code t0-3} is the T-node of the slices 0 to 3, {@code and0-3-1} the AND-node whose
 * first part has 1 slice, {@code or0-3} the OR-node; each has {@code conv1}, {@code bn1} to {@code
 * bn3}, and the last OR-node {@code recalibration}.
 */
final class AndOrBlock {

  private final NetworkParts parts;
  private final int stage;
  private final int slices;
  private final int channels;
  private final boolean residual;
  private final BuildContext block;
  private final Operand<TFloat32> x;
  private final Map<String, Operand<TFloat32>> built = new HashMap<>();

  /**
   * Starts a block.
   *
   * @param stage for the norms, from 0
   * @param residual whether the sum of an OR-node is added to the result of its f, before the ReLU
   * @param x (N, H, W, channels), where the channels are a multiple of the slices
   */
  AndOrBlock(
      NetworkParts parts,
      int stage,
      int slices,
      int channels,
      boolean residual,
      BuildContext block,
      Operand<TFloat32> x) {
    this.parts = parts;
    this.stage = stage;
    this.slices = slices;
    this.channels = channels;
    this.residual = residual;
    this.block = block;
    this.x = x;
  }

  /** Returns a quarter of a count, rounded up. */
  static int quarter(int count) {
    return (count + 3) / 4;
  }

  /** Adds the block; the result has the shape of its input. */
  Operand<TFloat32> build() {
    return interval(0, slices - 1);
  }

  // An interval may be part of several: it is built once.
  private Operand<TFloat32> interval(int first, int last) {
    String name = first + "-" + last;
    Operand<TFloat32> known = built.get(name);
    if (known != null) {
      return known;
    }
    Operand<TFloat32> result = node("t" + name, slice(first, last), last - first + 1);
    if (first < last) {
      result = or(name, result, first, last);
    }
    built.put(name, result);
    return result;
  }

  private Operand<TFloat32> or(String name, Operand<TFloat32> terminal, int first, int last) {
    int length = last - first + 1;
    List<Operand<TFloat32>> children = new ArrayList<>(List.of(terminal));
    for (int left = 1; 2 * left <= length; left++) {
      Operand<TFloat32> joined =
          block
              .tf()
              .concat(
                  List.of(interval(first, first + left - 1), interval(first + left, last)),
                  block.tf().constant(3));
      children.add(node("and" + name + "-" + left, joined, length));
    }
    Operand<TFloat32> sum = block.tf().math.addN(children);
    BuildContext scope = block.at("or" + name);
    if (length < slices) {
      return end(last(scope, length), inner(scope, sum, length), sum);
    }
    Operand<TFloat32> input = parts.recalibrated(scope, RecalibrationPlace.AFTER_ADDITION, sum);
    Operand<TFloat32> inner = inner(scope, input, slices);
    Operand<TFloat32> gated = parts.recalibrated(scope, RecalibrationPlace.SPATIAL, inner);
    return end(last(scope, slices).gated(RecalibrationPlace.BRANCH_END), gated, input);
  }

  private Operand<TFloat32> end(NormUnit unit, Operand<TFloat32> inner, Operand<TFloat32> sum) {
    return residual ? unit.activatedSum(inner, () -> sum) : unit.activated(inner);
  }

  private Operand<TFloat32> slice(int first, int last) {
    int each = channels / slices;
    if (last - first + 1 == slices) {
      return x;
    }
    return block
        .tf()
        .slice(
            x,
            block.tf().constant(new int[] {0, 0, 0, first * each}),
            block.tf().constant(new int[] {-1, -1, -1, (last - first + 1) * each}));
  }

  private Operand<TFloat32> node(String name, Operand<TFloat32> input, int length) {
    BuildContext scope = block.at(name);
    return last(scope, length).activated(inner(scope, input, length));
  }

  private Operand<TFloat32> inner(BuildContext scope, Operand<TFloat32> input, int length) {
    int narrow = quarter(length * channels / slices);
    Operand<TFloat32> first =
        parts.unit(scope, "1", Conv2d.of(narrow, 1), norm(NormPlace.BN1, length)).activated(input);
    Layer spatial = parts.spatial(Conv2d.of(narrow, 3));
    return parts.unit(scope, "2", spatial, norm(NormPlace.BN2, length)).activated(first);
  }

  private NormUnit last(BuildContext scope, int length) {
    Conv2d wide = Conv2d.of(length * channels / slices, 1);
    return parts.unit(scope, "3", wide, norm(NormPlace.BN3, length));
  }

  private Norm norm(NormPlace place, int length) {
    NetworkSettings settings = parts.settings();
    return length == slices ? settings.norm(place, stage) : settings.norm();
  }
}
