package dev.recal.graphs.synthesis.training;

import java.nio.file.Path;

/**
 * The result of a run.
 *
 * @param steps done in all
 * @param checkpoint the last one
 * @param stepsPerSecond of this process, without pictures and checkpoints
 */
public record SynthesisResult(long steps, Path checkpoint, double stepsPerSecond) {}
