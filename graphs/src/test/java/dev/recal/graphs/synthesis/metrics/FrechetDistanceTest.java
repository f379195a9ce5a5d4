package dev.recal.graphs.synthesis.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

class FrechetDistanceTest {

  @Test
  void matchesClosedFormForDiagonalCovariances() {
    // (1 − 4)² + (√4 − √9)² + (√16 − √1)², since diagonal matrices commute.
    FeatureStatistics first =
        new FeatureStatistics(10, new double[] {1, 0}, new double[] {4, 0, 0, 16});
    FeatureStatistics second =
        new FeatureStatistics(10, new double[] {4, 0}, new double[] {9, 0, 0, 1});
    assertThat(FrechetDistance.between(first, second)).isCloseTo(19, within(1e-12));
    assertThat(FrechetDistance.between(second, first)).isCloseTo(19, within(1e-12));
  }

  @Test
  void matchesClosedFormForNonCommutingCovariances() {
    // tr (AB)^½ of 2×2 matrices is √(tr AB + 2 √(det A det B)).
    double[] a = {2, 1, 1, 3};
    double[] b = {4, -1, -1, 1};
    double trace = 2 * 4 + 1 * -1 + 1 * -1 + 3 * 1;
    double shared = Math.sqrt(trace + 2 * Math.sqrt(5 * 3));
    FeatureStatistics first = new FeatureStatistics(9, new double[2], a);
    FeatureStatistics second = new FeatureStatistics(9, new double[2], b);
    assertThat(FrechetDistance.between(first, second)).isCloseTo(5 + 5 - 2 * shared, within(1e-12));
  }

  @Test
  void isZeroForEqualFeaturesAndSingularCovariance() {
    FeatureStatistics few = FeatureStatistics.of(RandomFeatures.of(5, 40, 1, 2, 1));
    FeatureStatistics again = FeatureStatistics.of(RandomFeatures.of(5, 40, 1, 2, 1));
    assertThat(FrechetDistance.between(few, again)).isLessThan(1e-12);
    FeatureStatistics constant =
        FeatureStatistics.of(new FeatureMatrix(3, 2, new double[] {1, 2, 1, 2, 1, 2}));
    assertThat(FrechetDistance.between(constant, constant)).isZero();
    FeatureStatistics other =
        FeatureStatistics.of(new FeatureMatrix(2, 2, new double[] {4, 6, 4, 6}));
    assertThat(FrechetDistance.between(constant, other)).isCloseTo(25, within(1e-12));
  }

  @Test
  void doesNotDependOnBatchesOrLargeMean() {
    FeatureMatrix all = RandomFeatures.of(101, 7, 0.8, 0, 3);
    double[] moved = Arrays.stream(all.values()).map(value -> value + 1e6).toArray();
    FeatureStatistics.Accumulator parts = new FeatureStatistics.Accumulator();
    for (int from = 0; from < 101; from += 13) {
      int end = Math.min(101, from + 13);
      double[] part = Arrays.copyOfRange(moved, from * 7, end * 7);
      parts.add(new FeatureMatrix(end - from, 7, part));
    }
    FeatureStatistics whole = FeatureStatistics.of(all);
    FeatureStatistics joined = parts.finish();
    assertThat(joined.count()).isEqualTo(101);
    assertThat(joined.covariance()).containsExactly(whole.covariance(), within(1e-9));
    for (int i = 0; i < 7; i++) {
      assertThat(joined.mean()[i] - 1e6).isCloseTo(whole.mean()[i], within(1e-9));
    }
  }

  @Test
  void rejectsIncomparableImages() {
    FeatureMatrix one = new FeatureMatrix(1, 2, new double[2]);
    assertThatThrownBy(() -> FeatureStatistics.of(one))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("at least 2 images")
        .hasMessageContaining("but got 1");
    assertThatThrownBy(() -> new FeatureStatistics.Accumulator().finish())
        .hasMessageContaining("but got 0");
    assertThatThrownBy(() -> new FeatureMatrix(2, 2, new double[] {1, 2, 3, Double.NaN}))
        .hasMessageContaining("feature 1 of image 1")
        .hasMessageContaining("NaN");
    FeatureStatistics two = FeatureStatistics.of(RandomFeatures.of(5, 2, 1, 0, 1));
    FeatureStatistics three = FeatureStatistics.of(RandomFeatures.of(5, 3, 1, 0, 1));
    assertThatThrownBy(() -> FrechetDistance.between(two, three))
        .hasMessageContaining("features: expected the same number")
        .hasMessageContaining("2 and 3");
  }
}
