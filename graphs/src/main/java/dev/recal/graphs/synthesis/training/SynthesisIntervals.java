package dev.recal.graphs.synthesis.training;

/**
 * The intervals of checkpoints and pictures.
 *
 * @param checkpoint steps between two checkpoints; there is one before the first step and one at
 *     the end
 * @param keep the number of latest checkpoints to keep, at least 1
 * @param samples steps between two pictures of samples and of reconstructions; also written at the
 *     end
 * @param count the number of images in a picture of samples
 */
public record SynthesisIntervals(long checkpoint, int keep, long samples, int count) {

  /** Rejects numbers below 1. */
  public SynthesisIntervals {
    require("checkpoint", checkpoint);
    require("keep", keep);
    require("samples", samples);
    require("count", count);
  }

  /** Checkpoints and pictures every 1,000 steps, 3 checkpoints, 64 images. */
  public static SynthesisIntervals defaults() {
    return new SynthesisIntervals(1000, 3, 1000, 64);
  }

  private static void require(String name, long value) {
    if (value < 1) {
      throw new IllegalArgumentException(name + ": expected at least 1, but got " + value + ".");
    }
  }
}
