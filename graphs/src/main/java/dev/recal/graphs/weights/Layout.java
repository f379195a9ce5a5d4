package dev.recal.graphs.weights;

import java.util.Arrays;
import java.util.Optional;
import java.util.stream.IntStream;
import org.tensorflow.ndarray.Shape;

/**
 * The conversion of PyTorch tensors to Recal's layout.
 *
 * <p>Each kind of weight has its own layout, which also defines the rank on both sides. Callers
 * reject tensors of another shape; nothing is reshaped.
 */
public enum Layout {
  /** Equal on both sides, for any shape. */
  SAME("same", -1),
  /** Equal on both sides, (C). */
  VECTOR("vector", 1, 0),
  /** Equal on both sides, (A, B). */
  MATRIX("matrix", 2, 0, 1),
  /** (O, I/groups, H, W) becomes (H, W, I/groups, O). */
  CONV("conv", 4, 3, 2, 0, 1),
  /** (C, 1, H, W) becomes (H, W, C, 1). */
  DEPTHWISE("depthwise", 4, 2, 3, 0, 1),
  /** (O, I) becomes (I, O). */
  DENSE("dense", 2, 1, 0),
  /** A 1×1 convolution (O, I, 1, 1) becomes a matrix product (I, O). */
  DENSE_FROM_CONV("dense-from-conv", 2, 1, 0, Layout.ONE, Layout.ONE),
  /** A matrix product (O, I) becomes a 1×1 convolution (1, 1, I, O). */
  CONV_FROM_DENSE("conv-from-dense", 4, 3, 2),
  /** A convolution of each channel over its K statistics, (C, 1, K), becomes (C, K). */
  CHANNEL_WISE("channel-wise", 2, 0, Layout.ONE, 1),
  /**
   * A matrix product over a map of 7×7, as in the box heads of detectors: (O, C · 49), its columns
   * in the order channel, row, column, becomes (49 · C, O), its rows in the order row, column,
   * channel.
   */
  DENSE_OF_MAP("dense-of-map", 2, 1, 0) {
    @Override
    public boolean fits(Shape variable) {
      return super.fits(variable) && variable.get(0) % (SIDE * SIDE) == 0;
    }

    @Override
    Walked walked(Shape variable) {
      long channels = variable.get(0) / (SIDE * SIDE);
      return new Walked(Shape.of(SIDE, SIDE, channels, variable.get(1)), 3, 2, 0, 1);
    }
  };

  private static final int ONE = -1;
  private static final int SIDE = 7;

  private final String word;
  private final int rank;
  // For each of their axes our axis, or ONE for an additional axis of size 1.
  private final int[] permutation;

  Layout(String word, int rank, int... axes) {
    this.word = word;
    this.rank = rank;
    this.permutation = axes;
  }

  /** Returns the layout of that name in a file of rules, for example {@code conv}. */
  public static Optional<Layout> named(String word) {
    return Arrays.stream(values()).filter(layout -> layout.word.equals(word)).findFirst();
  }

  /** Returns the name in a file of rules. */
  public String word() {
    return word;
  }

  /** Returns whether variables of that shape can have this layout. */
  public boolean fits(Shape variable) {
    if (this == SAME) {
      return true;
    }
    if (variable.numDimensions() != rank) {
      return false;
    }
    boolean[] used = new boolean[rank];
    for (int axis : permutation) {
      if (axis != ONE) {
        used[axis] = true;
      }
    }
    for (int axis = 0; axis < rank; axis++) {
      if (!used[axis] && variable.get(axis) != 1) {
        return false;
      }
    }
    return this != DEPTHWISE || variable.get(3) == 1;
  }

  /**
   * Returns the shape of their tensor.
   *
   * @param variable the shape of our variable, which matches
   */
  public Shape externalShape(Shape variable) {
    requireFits(variable);
    return Shape.of(
        Arrays.stream(axes(variable)).mapToLong(a -> a == ONE ? 1 : variable.get(a)).toArray());
  }

  /**
   * Returns the values in our order.
   *
   * @param values theirs, row-major
   * @param variable the shape of ours
   */
  public float[] toRecal(float[] values, Shape variable) {
    requireFits(variable);
    requireLength(values, variable);
    float[] result = new float[values.length];
    walked(variable).visit((their, our) -> result[our] = values[their]);
    return result;
  }

  /**
   * Returns the values in their order.
   *
   * @param values ours, row-major
   * @param variable the shape of ours
   */
  public float[] toExternal(float[] values, Shape variable) {
    requireFits(variable);
    requireLength(values, variable);
    float[] result = new float[values.length];
    walked(variable).visit((their, our) -> result[their] = values[our]);
    return result;
  }

  /** Returns how the elements are in order on both sides. */
  Walked walked(Shape variable) {
    int[] real = Arrays.stream(axes(variable)).filter(axis -> axis != ONE).toArray();
    return new Walked(variable, real);
  }

  /** Takes the positions of an element. */
  interface Pair {
    void accept(int their, int our);
  }

  /**
   * The elements of a tensor.
   *
   * @param ours the shape in which ours are row-major
   * @param axes for each of their axes ours
   */
  record Walked(Shape ours, int... axes) {

    /** Visits their elements in order. */
    void visit(Pair visitor) {
      long[] strides = strides(ours);
      int count = Math.toIntExact(ours.size());
      long[] index = new long[axes.length];
      int our = 0;
      for (int their = 0; their < count; their++) {
        visitor.accept(their, our);
        for (int i = axes.length - 1; i >= 0; i--) {
          our += (int) strides[axes[i]];
          if (++index[i] < ours.get(axes[i])) {
            break;
          }
          our -= (int) (strides[axes[i]] * index[i]);
          index[i] = 0;
        }
      }
    }
  }

  private int[] axes(Shape variable) {
    return this == SAME ? IntStream.range(0, variable.numDimensions()).toArray() : permutation;
  }

  private static long[] strides(Shape shape) {
    long[] strides = new long[shape.numDimensions()];
    long stride = 1;
    for (int axis = strides.length - 1; axis >= 0; axis--) {
      strides[axis] = stride;
      stride *= shape.get(axis);
    }
    return strides;
  }

  private void requireFits(Shape variable) {
    if (!fits(variable)) {
      throw new IllegalArgumentException(
          "variable: a weight of shape " + variable + " has no layout '" + word + "'.");
    }
  }

  private static void requireLength(float[] values, Shape variable) {
    if (values.length != variable.size()) {
      throw new IllegalArgumentException(
          "values: shape "
              + variable
              + " takes "
              + variable.size()
              + " values, but got "
              + values.length
              + ".");
    }
  }
}
