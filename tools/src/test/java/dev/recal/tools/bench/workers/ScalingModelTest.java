package dev.recal.tools.bench.workers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import dev.recal.tools.bench.workers.RingCost.Sample;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ScalingModelTest {

  private static final double GIGABIT = 1.25e8;

  @Test
  void aRingSendsTwiceTheBytesAtMost() {
    RingCost wire = new RingCost(0, GIGABIT, 0);
    assertThat(wire.allReduce(1, 1, 1e8)).isZero();
    assertThat(wire.allReduce(2, 1, 1e8)).isCloseTo(0.8, within(1e-12));
    assertThat(wire.allReduce(4, 7, 1e8)).isCloseTo(1.2, within(1e-12));
    assertThat(wire.allReduce(1024, 1, 1e8)).isBetween(1.59, 1.6);
  }

  @Test
  void messagesGrowWithWorkersAndVectors() {
    RingCost latency = new RingCost(1e-3, Double.POSITIVE_INFINITY, 0);
    assertThat(latency.allReduce(2, 1, 1e8)).isCloseTo(2e-3, within(1e-12));
    assertThat(latency.allReduce(3, 5, 1e8)).isCloseTo(20e-3, within(1e-12));
  }

  @Test
  void fittingFindsTheCostsOfAModel() {
    RingCost truth = new RingCost(4e-4, Double.POSITIVE_INFINITY, 2e-9);
    List<Sample> samples = new ArrayList<>();
    for (int workers : new int[] {2, 3}) {
      for (int vectors : new int[] {1, 13, 161}) {
        double seconds = truth.allReduce(workers, vectors, 1e8);
        samples.add(new Sample(workers, vectors, 1e8, seconds));
      }
    }
    RingCost fitted = RingCost.fitted(samples);
    assertThat(fitted.latency()).isCloseTo(4e-4, within(1e-10));
    assertThat(fitted.copying()).isCloseTo(2e-9, within(1e-15));
  }

  @Test
  void oneRatioCannotTellLatencyFromBytes() {
    Sample sample = new Sample(2, 1, 1e8, 1);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> RingCost.fitted(List.of(sample, sample)))
        .withMessageContaining("samples: expected different ratios");
  }

  @Test
  void aFittedCostIsNeverNegative() {
    RingCost fitted =
        RingCost.fitted(List.of(new Sample(2, 1, 1e8, 1), new Sample(2, 100, 1e8, 0.5)));
    assertThat(fitted.latency()).isZero();
    assertThat(fitted.copying()).isPositive();
  }

  private static ScalingModel model(double latency, double overlap) {
    return new ScalingModel(new RingCost(latency, GIGABIT, 0), 1e8, 1e7, 0.01, 0.02, overlap, 0);
  }

  @Test
  void onlyWhatDoesNotOverlapLengthensAStep() {
    assertThat(model(0, 0).step(1, 10)).isCloseTo(0.21, within(1e-12));
    assertThat(model(0, 0).step(2, 10)).isCloseTo(0.21 + 0.8, within(1e-12));
    assertThat(model(0, 0.5).step(2, 10)).isCloseTo(0.21 + 0.8 - 0.105, within(1e-12));
    // Hidden but for the last of ten buckets.
    assertThat(model(0, 0.5).step(2, 100)).isCloseTo(2.01 + 0.08, within(1e-12));
  }

  @Test
  void synchronisedStatisticsCostTwoCollectivesForEachNorm() {
    ScalingModel local = model(1e-3, 0);
    double more = local.withSynchronisedNorms(53).step(2, 10) - local.step(2, 10);
    assertThat(more).isCloseTo(53 * 2 * 2e-3, within(1e-9));
  }

  @Test
  void scalingStopsWhereCommunicationOutweighsComputation() {
    ScalingModel slow = model(1e-3, 0.5);
    ScalingModel fast = slow.over(100 * GIGABIT);
    assertThat(slow.weakLimit(10)).isLessThan(fast.weakLimit(10));
    assertThat(slow.strongLimit(256)).isLessThan(fast.strongLimit(256)).isGreaterThan(1);
    assertThat(slow.weakEfficiency(slow.weakLimit(10), 10)).isGreaterThanOrEqualTo(0.5);
    assertThat(slow.weakEfficiency(2 * slow.weakLimit(10), 10)).isLessThan(0.5);
    int fastest = slow.fastest(256);
    assertThat(slow.step(fastest, 256.0 / fastest))
        .isLessThan(slow.step(2 * fastest, 128.0 / fastest))
        .isLessThan(slow.step(fastest / 2, 512.0 / fastest));
    assertThat(fast.strongLimit(4)).isLessThanOrEqualTo(4);
    assertThat(fast.weakEfficiency(1, 10)).isEqualTo(1);
    assertThat(fast.weakEfficiency(64, 10)).isLessThan(fast.weakEfficiency(2, 10));
  }
}
