package dev.recal.savedmodels.optimise;

import java.util.Locale;

/** An optimised form of a model, with the same signatures as the plain one. */
public enum Optimisation {
  /**
   * Batch norms folded into the convolutions before them, weights as constants; all numbers stay
   * float32.
   */
  FLOAT32(1e-5),
  /**
   * Like {@link #FLOAT32}, with convolutions, their kernels and all maps in bfloat16; inputs,
   * outputs and values per channel or class stay float32.
   */
  BFLOAT16(0.05);

  private final double tolerance;

  Optimisation(double tolerance) {
    this.tolerance = tolerance;
  }

  /**
   * Returns the maximum relative error of a model in this form between machines: processors with
   * and without bfloat16 units round sums at different points.
   */
  public double tolerance() {
    return tolerance;
  }

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
