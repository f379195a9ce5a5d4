package dev.recal.tools.bench.workers;

import dev.recal.ops.Arguments;
import java.util.List;

/**
 * The time of an all-reduce over a ring of n workers. Each of them sends 2(n − 1) messages of 1 / n
 * of the vector, one after the other: first n − 1 that are added, then n − 1 sums. With k vectors
 * of B bytes together:
 *
 * <pre>t = 2(n − 1) · (k · latency + B / n · (1 / bandwidth + copying))</pre>
 *
 * <p>TensorFlow sends a message when it is complete, so copies and transfers do not overlap within
 * a vector.
 *
 * @param latency of a message, in seconds
 * @param bandwidth of a worker's link in each direction, in bytes per second; may be infinite
 * @param copying seconds that a worker needs for a byte that it sends and the one that it receives:
 *     copies, serialisation, the addition
 */
public record RingCost(double latency, double bandwidth, double copying) {

  /** Rejects negative costs. */
  public RingCost {
    Arguments.require(latency >= 0 && Double.isFinite(latency), "latency", "at least 0", latency);
    Arguments.require(bandwidth > 0, "bandwidth", "more than 0", bandwidth);
    Arguments.require(copying >= 0 && Double.isFinite(copying), "copying", "at least 0", copying);
  }

  /**
   * A measured all-reduce.
   *
   * @param workers the number of workers
   * @param vectors the number of vectors, one after the other
   * @param bytes of all vectors
   * @param seconds how long it took
   */
  public record Sample(int workers, int vectors, double bytes, double seconds) {

    private double messages() {
      return 2.0 * (workers - 1) * vectors;
    }

    private double sentBytes() {
      return 2.0 * (workers - 1) * bytes / workers;
    }
  }

  /**
   * Returns the costs that fit measurements best: least squares of the relative errors. Loopback
   * has no link, so all costs of a byte are copying.
   *
   * @param samples of at least two different ratios of vectors to bytes
   */
  public static RingCost fitted(List<Sample> samples) {
    double mm = 0;
    double mb = 0;
    double bb = 0;
    double m = 0;
    double b = 0;
    for (Sample sample : samples) {
      double messages = sample.messages() / sample.seconds();
      double bytes = sample.sentBytes() / sample.seconds();
      mm += messages * messages;
      mb += messages * bytes;
      bb += bytes * bytes;
      m += messages;
      b += bytes;
    }
    double determinant = mm * bb - mb * mb;
    Arguments.require(
        determinant > 1e-9 * mm * bb,
        "samples",
        "different ratios of vectors to bytes",
        samples.size() + " samples of one ratio");
    double latency = (m * bb - b * mb) / determinant;
    double copying = (b * mm - m * mb) / determinant;
    if (latency < 0) {
      return new RingCost(0, Double.POSITIVE_INFINITY, b / bb);
    }
    return copying < 0
        ? new RingCost(m / mm, Double.POSITIVE_INFINITY, 0)
        : new RingCost(latency, Double.POSITIVE_INFINITY, copying);
  }

  /** Returns the same costs over a link. */
  public RingCost over(double bytesPerSecond) {
    return new RingCost(latency, bytesPerSecond, copying);
  }

  /**
   * Returns the seconds of an all-reduce.
   *
   * @param workers the number of workers; nothing is sent by one
   * @param vectors the number of vectors, one after the other
   * @param bytes of all vectors
   */
  public double allReduce(int workers, double vectors, double bytes) {
    Arguments.atLeast(1, "workers", workers);
    return 2.0 * (workers - 1) * (vectors * latency + bytes / workers * (1 / bandwidth + copying));
  }
}
