package dev.recal.graphs.synthesis.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Kernel distance, precision and recall, diversity. */
class SampleMeasuresTest {

  private static final FeatureMatrix LINE = new FeatureMatrix(4, 1, new double[] {0, 1, 2, 10});

  @Test
  void kernelDistanceIsTheUnbiasedEstimate() {
    // k(x, y) = (xy + 1)³ of {0, 1} and {2, 3}: 1; 343; 1, 1, 27, 64.
    FeatureMatrix first = new FeatureMatrix(2, 1, new double[] {0, 1});
    FeatureMatrix second = new FeatureMatrix(2, 1, new double[] {2, 3});
    KernelEstimate estimate = KernelDistance.defaults().between(first, second);
    assertThat(estimate.mean()).isCloseTo(1 + 343 - 2 * 93 / 4.0, within(1e-12));
    assertThat(estimate.subsets()).isEqualTo(1);
    assertThat(estimate.subsetSize()).isEqualTo(2);
    assertThat(estimate.standardDeviation()).isZero();
  }

  @Test
  void kernelDistanceOfOneDistributionIsAboutZeroAndRepeats() {
    FeatureMatrix first = RandomFeatures.of(300, 8, 0.9, 0, 1);
    FeatureMatrix second = RandomFeatures.of(250, 8, 0.9, 0, 2);
    FeatureMatrix shifted = RandomFeatures.of(250, 8, 0.9, 0.5, 2);
    KernelDistance kernel = new KernelDistance(20, 100, 7);
    KernelEstimate same = kernel.between(first, second);
    KernelEstimate other = kernel.between(first, shifted);
    assertThat(Math.abs(same.mean())).isLessThan(3 * same.standardDeviation());
    assertThat(other.mean()).isGreaterThan(10 * Math.abs(same.mean()));
    assertThat(kernel.between(first, second)).isEqualTo(same);
    assertThat(new KernelDistance(20, 100, 8).between(first, second)).isNotEqualTo(same);
  }

  @Test
  void subsetsHoldEachImageOnce() {
    int[] all = KernelDistance.subset(new Random(1), 50, 50);
    assertThat(Arrays.stream(all).sorted().toArray())
        .containsExactly(IntStream.range(0, 50).toArray());
    int[] some = KernelDistance.subset(new Random(1), 50, 10);
    assertThat(Arrays.stream(some).distinct().count()).isEqualTo(10);
  }

  @Test
  void precisionAndRecallCountImagesInsideBalls() {
    // Radii of the line with k = 1: 1, 1, 1, 8. So −1 … 3 and 2 … 18 are covered.
    FeatureMatrix samples = new FeatureMatrix(4, 1, new double[] {-1.5, 2.5, 9, 30});
    PrecisionRecall.Score score = new PrecisionRecall(1).measure(LINE, samples);
    assertThat(score.precision()).isEqualTo(0.5);
    // Radii of the samples: 4, 4, 6.5, 21; they cover −5.5 … 2.5, −1.5 … 6.5, 2.5 … 15.5, 9 … 51.
    assertThat(score.recall()).isEqualTo(1);
    PrecisionRecall.Score same = PrecisionRecall.defaults().measure(LINE, LINE);
    assertThat(same).isEqualTo(new PrecisionRecall.Score(1, 1));
    FeatureMatrix far = new FeatureMatrix(4, 1, new double[] {100, 101, 102, 103});
    assertThat(new PrecisionRecall(1).measure(LINE, far))
        .isEqualTo(new PrecisionRecall.Score(0, 0));
  }

  @Test
  void copyLiesInBallOfRadiusZero() {
    FeatureMatrix doubled = new FeatureMatrix(4, 1, new double[] {0.1, 0.1, 0.7, 0.7});
    FeatureMatrix samples = new FeatureMatrix(2, 1, new double[] {0.1, 0.3});
    assertThat(new PrecisionRecall(1).measure(doubled, samples).precision()).isEqualTo(0.5);
  }

  @Test
  void rejectTooFewImages() {
    FeatureMatrix one = new FeatureMatrix(1, 1, new double[1]);
    assertThatThrownBy(() -> KernelDistance.defaults().between(LINE, one))
        .hasMessageContaining("at least 2 images");
    assertThatThrownBy(() -> new PrecisionRecall(4).measure(LINE, LINE))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("fewer than the 4 real images")
        .hasMessageContaining("but got 4");
    FeatureMatrix two = new FeatureMatrix(2, 1, new double[] {0, 1});
    assertThatThrownBy(() -> new PrecisionRecall(3).measure(LINE, two))
        .hasMessageContaining("2 generated images");
    assertThatThrownBy(() -> new PrecisionRecall(0)).hasMessageContaining("at least 1");
    FeatureMatrix wide = new FeatureMatrix(4, 2, new double[8]);
    assertThatThrownBy(() -> PrecisionRecall.defaults().measure(LINE, wide))
        .hasMessageContaining("1 and 2");
    assertThatThrownBy(() -> KernelDistance.defaults().between(LINE, wide))
        .hasMessageContaining("1 and 2");
  }

  @Test
  void diversityIsTheMeanOverPairs() {
    PairDistance brightness = new BrightnessDistance();
    List<ImageBatch> images = List.of(grey(0), grey(100), grey(200));
    PairwiseDiversity.Score score = PairwiseDiversity.defaults().measure(brightness, images);
    assertThat(score.pairs()).isEqualTo(3);
    assertThat(score.mean()).isCloseTo(400 / 3.0, within(1e-9));
    assertThat(score.standardDeviation()).isCloseTo(Math.sqrt(20000 / 9.0), within(1e-9));
    PairwiseDiversity.Score drawn = new PairwiseDiversity(3, 2, 5).measure(brightness, images);
    assertThat(drawn.pairs()).isEqualTo(2);
    assertThatThrownBy(() -> PairwiseDiversity.defaults().measure(brightness, List.of(grey(1))))
        .hasMessageContaining("at least 2 images");
  }

  @Test
  void graphDistanceGetsImagesFromMinusOneToOne() {
    GraphPairDistance.Builder builder =
        (tf, first, second) ->
            tf.math.mean(tf.math.abs(tf.math.sub(first, second)), tf.constant(new int[] {1, 2, 3}));
    try (PairDistance distance = new GraphPairDistance("L1", 2, builder)) {
      ImageBatch black = grey(0);
      ImageBatch white = grey(255);
      assertThat(distance.distances(black, white)).containsExactly(new double[] {2}, within(1e-6));
      assertThat(distance.distances(white, white)).containsExactly(0);
      ImageBatch large = new ImageBatch(1, 4, 4, new byte[48]);
      assertThatThrownBy(() -> distance.distances(black, large)).hasMessageContaining("4×4");
      ImageBatch two = new ImageBatch(2, 2, 2, new byte[24]);
      assertThatThrownBy(() -> distance.distances(black, two)).hasMessageContaining("1 and 2");
    }
  }

  private static ImageBatch grey(int value) {
    byte[] rgb = new byte[12];
    Arrays.fill(rgb, (byte) value);
    return new ImageBatch(1, 2, 2, rgb);
  }

  private static final class BrightnessDistance implements PairDistance {
    @Override
    public String name() {
      return "brightness";
    }

    @Override
    public double[] distances(ImageBatch first, ImageBatch second) {
      double[] distances = new double[first.count()];
      for (int i = 0; i < distances.length; i++) {
        int a = first.image(i).rgb()[0] & 0xFF;
        distances[i] = Math.abs(a - (second.image(i).rgb()[0] & 0xFF));
      }
      return distances;
    }

    @Override
    public void close() {
      // Nothing is covered.
    }
  }
}
