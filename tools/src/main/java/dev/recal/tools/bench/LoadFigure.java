package dev.recal.tools.bench;

/**
 * What some clients, each asking as soon as it was answered, got from a server.
 *
 * @param clients at the same time
 * @param requests answered rightly
 * @param errors answered otherwise or not at all
 * @param seconds that it took
 * @param p50 milliseconds within which half of the answers came
 * @param p99 milliseconds within which all but one in a hundred came
 */
public record LoadFigure(
    int clients, long requests, long errors, double seconds, double p50, double p99) {

  /** Returns how many requests were answered in a second. */
  public double perSecond() {
    return requests / seconds;
  }
}
