package dev.recal.graphs.optimisation;

import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat64;

/**
 * The rate is multiplied by a factor each time a share of the training is done: a {@link
 * StepSchedule} that does not depend on the number of images. “÷10 at steps 36,000, 52,000 and
 * 58,000 of 60,000” is {@code [0.6, 0.8666666666666667, 0.9666666666666667]} and {@code 0.1}.
 *
 * @param shares of all steps, between 0 and 1, ascending
 * @param factor positive
 */
public record MilestoneSchedule(List<Double> shares, double factor) implements Schedule {

  /** Rejects shares that fall or are outside (0, 1), and factors that are not positive. */
  public MilestoneSchedule {
    shares = List.copyOf(shares);
    double before = 0;
    for (double share : shares) {
      if (!(share > before && share < 1)) {
        throw new IllegalArgumentException(
            "shares: expected rising numbers between 0 and 1, but got " + shares + ".");
      }
      before = share;
    }
    if (!(factor > 0)) {
      throw new IllegalArgumentException(
          "factor: expected a positive number, but got " + factor + ".");
    }
  }

  @Override
  public Operand<TFloat64> factor(Ops tf, Operand<TFloat64> epoch, double start, double end) {
    List<Double> epochs = shares.stream().map(share -> share * end).toList();
    return new StepSchedule(epochs, factor).factor(tf, epoch, start, end);
  }
}
