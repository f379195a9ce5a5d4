package dev.recal.graphs.logs;

/**
 * Which part of a run a stage is. Most runs have one stage.
 *
 * @param number of the stage, from 1
 * @param count the number of stages
 * @param title a short name for people, such as {@code "scale 3 of 9"}; a blank one becomes {@code
 *     "stage 3 of 9"}
 * @param firstStep the step, counted over all stages, before which the stage begins
 * @param runSteps the steps of all stages
 * @param costOfStep the relative cost of a step of this stage, in the unit of the other costs
 * @param costOfLater the cost of all steps of all later stages
 */
public record StageInfo(
    int number,
    int count,
    String title,
    long firstStep,
    long runSteps,
    double costOfStep,
    double costOfLater) {

  public StageInfo {
    Checks.atLeast("number", number, 1);
    Checks.atLeast("count", count, number);
    Checks.atLeast("firstStep", firstStep, 0);
    Checks.atLeast("runSteps", runSteps, firstStep);
    Checks.cost("costOfStep", costOfStep, costOfStep > 0);
    Checks.cost("costOfLater", costOfLater, costOfLater >= 0);
    title = title.isBlank() ? LogText.format("stage %d of %d", number, count) : title;
  }

  /**
   * The stage of a run with one stage.
   *
   * @param steps of the run
   */
  public static StageInfo only(long steps) {
    return new StageInfo(1, 1, "", 0, steps, 1, 0);
  }

  /** Returns whether the run has no other stage. */
  public boolean isOnly() {
    return count == 1;
  }
}
