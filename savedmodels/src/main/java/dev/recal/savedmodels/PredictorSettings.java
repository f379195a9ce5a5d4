package dev.recal.savedmodels;

import dev.recal.ops.Arguments;
import java.util.Set;

/**
 * The settings of a {@link Predictor}.
 *
 * @param batch the maximum number of rows in one batch; more are split
 * @param warmUp whether the model's golden inputs are run once before the first call
 * @param threads for one operation and among operations; 0 lets TensorFlow choose. For one
 *     operation the first session of a process decides, see {@link
 *     dev.recal.ops.runtime.ComputeDevices#startThreads}; another number is warned about
 * @param tags of the graph, if a file contains several; empty for the graph for serving
 * @param pixels the maximum of an image file that the model decodes, found in its header before any
 *     is decoded, and of those that are decoded in one run; further ones are decoded in further
 *     runs
 */
public record PredictorSettings(
    int batch, boolean warmUp, int threads, Set<String> tags, long pixels) {

  /** 60 megapixels: a photograph of most cameras; decoding takes some 200 MB and half a second. */
  public static final long PIXELS = 60_000_000;

  /** Rejects invalid settings. */
  public PredictorSettings {
    if (batch < 1) {
      throw new IllegalArgumentException("batch: expected at least 1, but got " + batch + ".");
    }
    if (threads < 0) {
      throw new IllegalArgumentException("threads: expected at least 0, but got " + threads + ".");
    }
    tags = Set.copyOf(tags);
    Arguments.atLeast(1, "pixels", pixels);
  }

  /** Images of up to {@link #PIXELS}. */
  public PredictorSettings(int batch, boolean warmUp, int threads, Set<String> tags) {
    this(batch, warmUp, threads, tags, PIXELS);
  }

  /** The graph for serving. */
  public PredictorSettings(int batch, boolean warmUp, int threads) {
    this(batch, warmUp, threads, Set.of());
  }

  /** Batches of 32, no warm-up, TensorFlow's choice of threads, images of up to {@link #PIXELS}. */
  public static PredictorSettings defaults() {
    return new PredictorSettings(32, false, 0);
  }

  /** Returns the same with another maximum of pixels. */
  public PredictorSettings withPixels(long other) {
    return new PredictorSettings(batch, warmUp, threads, tags, other);
  }
}
