package example.regression;

import dev.recal.graphs.data.DataSet;
import dev.recal.graphs.data.DataSets;
import dev.recal.graphs.data.targets.NumberTargets;
import java.io.IOException;
import java.util.List;
import java.util.Random;

/** Examples of a linear function with some noise, as arrays. */
final class LinearExamples {

  private LinearExamples() {}

  /** The weight of a feature: 1, −2, 3, −4 … */
  static float weight(int feature) {
    return feature % 2 == 0 ? feature + 1 : -(feature + 1);
  }

  /** The constant term. */
  static float bias() {
    return 0.5f;
  }

  static DataSet open(int count, int features, long seed) throws IOException {
    Random random = new Random(seed);
    float[][] x = new float[count][features];
    float[][] y = new float[count][1];
    for (int i = 0; i < count; i++) {
      double sum = bias() + 0.01 * random.nextGaussian();
      for (int j = 0; j < features; j++) {
        x[i][j] = (float) random.nextGaussian();
        sum += weight(j) * x[i][j];
      }
      y[i][0] = (float) sum;
    }
    return DataSets.ofFeatures("linear examples", x, NumberTargets.of(List.of("y"), y));
  }
}
