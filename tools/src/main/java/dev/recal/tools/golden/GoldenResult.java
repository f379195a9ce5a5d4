package dev.recal.tools.golden;

import dev.recal.ops.json.Names;
import java.util.List;
import java.util.OptionalDouble;

/**
 * The result of a case.
 *
 * @param golden the case
 * @param status the verdict
 * @param output ‖a − b‖ / ‖b‖ of the output
 * @param gradients the largest of all gradients
 * @param updates the largest of all moving statistics; empty if there are none
 * @param problems sentences: why a case failed or is unknown
 */
public record GoldenResult(
    GoldenCase golden,
    Status status,
    OptionalDouble output,
    OptionalDouble gradients,
    OptionalDouble updates,
    List<String> problems) {

  /** The tolerance of the output. */
  public static final double OUTPUT_TOLERANCE = 1e-5;

  /** The tolerance of gradients. */
  public static final double GRADIENT_TOLERANCE = 1e-4;

  /** The tolerance of moving statistics after a step. */
  public static final double UPDATE_TOLERANCE = 1e-5;

  /** The verdict. */
  public enum Status {
    /** Everything is within its tolerance. */
    PASSED,
    /** Something is above its tolerance, missing, or cannot be computed. */
    FAILED,
    /** This library does not have the module or one of its settings. */
    UNKNOWN;

    @Override
    public String toString() {
      return Names.ofConstant(this);
    }
  }

  /** Copies the list. */
  public GoldenResult {
    problems = List.copyOf(problems);
  }

  static GoldenResult unknown(GoldenCase golden, String reason) {
    return without(golden, Status.UNKNOWN, reason);
  }

  static GoldenResult failed(GoldenCase golden, String reason) {
    return without(golden, Status.FAILED, reason);
  }

  private static GoldenResult without(GoldenCase golden, Status status, String reason) {
    OptionalDouble none = OptionalDouble.empty();
    return new GoldenResult(golden, status, none, none, none, List.of(reason));
  }
}
