package dev.recal.tools.bench;

/**
 * The results of a load test with clients that each send the next request after the response.
 *
 * @param clients the number of concurrent clients
 * @param requests the number of successful requests
 * @param errors the number of failed requests
 * @param seconds the duration
 * @param p50 the median latency in milliseconds
 * @param p99 the 99th percentile of the latency in milliseconds
 */
public record LoadResult(
    int clients, long requests, long errors, double seconds, double p50, double p99) {

  /** Returns the successful requests per second. */
  public double perSecond() {
    return requests / seconds;
  }
}
