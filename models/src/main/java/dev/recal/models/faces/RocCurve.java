package dev.recal.models.faces;

import dev.recal.graphs.files.AtomicFiles;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;

/**
 * The true accept rate against the false accept rate over all pairs: one point for each distance
 * that occurs, with the pairs up to and including it accepted, after (0, 0).
 *
 * @param distances that are accepted, ascending; the first one, where nothing is, is −1; not copied
 * @param far false accept rates, ascending from 0 to 1; not copied
 * @param tar true accept rates, ascending from 0 to 1; not copied
 */
public record RocCurve(double[] distances, double[] far, double[] tar) {

  private static final double NOTHING = -1;

  /**
   * Computes the curve.
   *
   * @throws IllegalArgumentException if there are no pairs of one identity, or of different ones
   */
  public static RocCurve of(ScoredPairs pairs) {
    int same = pairs.sameCount();
    int different = pairs.count() - same;
    if (same == 0 || different == 0) {
      throw new IllegalArgumentException(
          "pairs: expected pairs of one and of different identities, but got "
              + same
              + " and "
              + different
              + ".");
    }
    Integer[] order = new Integer[pairs.count()];
    Arrays.setAll(order, i -> i);
    Arrays.sort(order, Comparator.comparingDouble(i -> pairs.distances()[i]));
    double[] distances = new double[order.length + 1];
    double[] far = new double[order.length + 1];
    double[] tar = new double[order.length + 1];
    distances[0] = NOTHING;
    int points = 1;
    int trueAccepts = 0;
    for (int i = 0; i < order.length; i++) {
      trueAccepts += pairs.same()[order[i]] ? 1 : 0;
      double distance = pairs.distances()[order[i]];
      if (i + 1 == order.length || pairs.distances()[order[i + 1]] != distance) {
        distances[points] = distance;
        tar[points] = (double) trueAccepts / same;
        far[points] = (double) (i + 1 - trueAccepts) / different;
        points++;
      }
    }
    return new RocCurve(
        Arrays.copyOf(distances, points), Arrays.copyOf(far, points), Arrays.copyOf(tar, points));
  }

  /**
   * Returns the area under the curve: the probability that a pair of one identity is nearer than
   * one of different identities, where equal distances count one half.
   */
  public double area() {
    double area = 0;
    for (int i = 1; i < far.length; i++) {
      area += (far[i] - far[i - 1]) * (tar[i] + tar[i - 1]) / 2;
    }
    return area;
  }

  /**
   * Returns the equal error rate: the false accept rate at which it equals the false reject rate,
   * between two points of the curve on the line through them.
   */
  public double equalErrorRate() {
    for (int i = 1; i < far.length; i++) {
      double after = far[i] + tar[i] - 1;
      if (after >= 0) {
        double before = far[i - 1] + tar[i - 1] - 1;
        return far[i - 1] + (far[i] - far[i - 1]) * before / (before - after);
      }
    }
    throw new IllegalStateException("A curve ends at (1, 1).");
  }

  /**
   * Writes the points as CSV with the header {@code distance,far,tar}.
   *
   * @throws IOException if the file cannot be written
   */
  public void writeCsv(Path file) throws IOException {
    AtomicFiles.write(
        file,
        out -> {
          out.write("distance,far,tar\n".getBytes(StandardCharsets.UTF_8));
          for (int i = 1; i < far.length; i++) {
            String line = distances[i] + "," + far[i] + "," + tar[i] + "\n";
            out.write(line.getBytes(StandardCharsets.UTF_8));
          }
        });
  }
}
