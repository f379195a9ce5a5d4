package dev.recal.savedmodels.optimise;

import java.util.Locale;

/** A form in which a model answers faster than in its plain one, with the same signatures. */
public enum Optimisation {
  /**
   * Batch norms folded into the convolutions before them, weights as constants; all numbers stay
   * float32.
   */
  FLOAT32(1e-5),
  /**
   * The same with convolutions, their kernels and all maps in bfloat16; inputs, outputs and what is
   * a number for each channel or class stay float32.
   */
  BFLOAT16(0.05);

  private final double tolerance;

  Optimisation(double tolerance) {
    this.tolerance = tolerance;
  }

  /**
   * Returns the relative error that a model in this form stays under from one machine to another:
   * processors with and without units for bfloat16 round sums at other places.
   */
  public double tolerance() {
    return tolerance;
  }

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
