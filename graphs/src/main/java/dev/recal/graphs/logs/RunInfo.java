package dev.recal.graphs.logs;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Information about a stage of a run when it starts or resumes; most runs have one stage. Steps are
 * counted over all stages.
 *
 * @param name a short name for people, such as {@code "srm-resnet-20 on cifar-10"}
 * @param startStep steps already done: 0 for a fresh run, the checkpoint's step after a resume
 * @param totalSteps the step at which the stage ends
 * @param stepsPerEpoch optimiser steps in one pass over the training set
 * @param batchSize images in one step
 * @param settings further settings to store with the metrics, in the given order
 * @param stage which stage it is
 */
public record RunInfo(
    String name,
    long startStep,
    long totalSteps,
    long stepsPerEpoch,
    int batchSize,
    Map<String, String> settings,
    StageInfo stage) {

  public RunInfo {
    Checks.notBlank("name", name);
    Checks.atLeast("startStep", startStep, stage.firstStep());
    Checks.atLeast("totalSteps", totalSteps, startStep);
    Checks.atLeast("stepsPerEpoch", stepsPerEpoch, 1);
    Checks.atLeast("batchSize", batchSize, 1);
    settings = Collections.unmodifiableMap(new LinkedHashMap<>(settings));
  }

  /** A run of one stage. */
  public RunInfo(
      String name,
      long startStep,
      long totalSteps,
      long stepsPerEpoch,
      int batchSize,
      Map<String, String> settings) {
    this(
        name,
        startStep,
        totalSteps,
        stepsPerEpoch,
        batchSize,
        settings,
        StageInfo.only(Math.max(0, totalSteps)));
  }

  /** A run of one stage without further settings. */
  public RunInfo(String name, long startStep, long totalSteps, long stepsPerEpoch, int batchSize) {
    this(name, startStep, totalSteps, stepsPerEpoch, batchSize, Map.of());
  }
}
