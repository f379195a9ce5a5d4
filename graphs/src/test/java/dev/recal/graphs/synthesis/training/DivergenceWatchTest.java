package dev.recal.graphs.synthesis.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Optional;
import org.junit.jupiter.api.Test;

class DivergenceWatchTest {

  private static final AdversarialMetrics HEALTHY =
      new AdversarialMetrics(1.8, 5, 0.1, -0.1, 0.1, 0.02, 1e-3);

  private static AdversarialMetrics metrics(
      double adversarial, double real, double made, double g) {
    return new AdversarialMetrics(adversarial, 5, real, made, -made, g, 1e-3);
  }

  private final DivergenceWatch watch = new DivergenceWatch(new WatchSettings(100, 3));

  @Test
  void healthyMetricsDoNotDiverge() {
    for (int i = 0; i < 10; i++) {
      assertThat(watch.divergence(HEALTHY)).isEmpty();
      assertThat(watch.warning(HEALTHY)).isEmpty();
    }
  }

  @Test
  void nonFiniteMetricsAbortTheRun() {
    assertThat(watch.divergence(metrics(Double.NaN, 1, 0, 1)).orElseThrow())
        .startsWith("a loss is not finite");
    assertThat(watch.divergence(new AdversarialMetrics(1, Double.POSITIVE_INFINITY, 0, 0, 0, 0, 0)))
        .isPresent();
  }

  /** In float16 such an update is skipped. */
  @Test
  void nonFiniteGradientDoesNotAbortTheRun() {
    assertThat(watch.divergence(new AdversarialMetrics(1, 1, 0, 1, 0, Double.NaN, 0))).isEmpty();
  }

  @Test
  void lossesAboveTheLimitAbortTheRun() {
    assertThat(watch.divergence(metrics(1, 0, -101, 1)))
        .contains("an adversarial loss is 101.0, above the limit 100.0");
  }

  @Test
  void persistentlyMissingGeneratorGradientAbortsTheRun() {
    AdversarialMetrics dead = metrics(0, 2, -2, 0);
    assertThat(watch.divergence(dead)).isEmpty();
    assertThat(watch.divergence(dead)).isEmpty();
    assertThat(watch.divergence(HEALTHY)).isEmpty();
    assertThat(watch.divergence(dead)).isEmpty();
    assertThat(watch.divergence(dead)).isEmpty();
    assertThat(watch.divergence(dead))
        .contains("the generator has received no gradient for 3 steps");
  }

  @Test
  void collapsedDiscriminatorAbortsTheRun() {
    AdversarialMetrics collapsed = metrics(1.8, 0.25, 0.25, 1);
    watch.divergence(collapsed);
    watch.divergence(collapsed);
    assertThat(watch.divergence(collapsed))
        .contains(
            "the discriminator has given real and generated images the same logit for 3 steps");
  }

  @Test
  void warnsOnceOfPerfectDiscriminator() {
    AdversarialMetrics faultless = metrics(0, 2, -2, 1);
    assertThat(watch.warning(faultless)).isEmpty();
    assertThat(watch.warning(faultless)).isEmpty();
    Optional<String> warning = watch.warning(faultless);
    assertThat(warning.orElseThrow()).contains("perfectly for 3 steps");
    assertThat(watch.warning(faultless)).isEmpty();
  }

  @Test
  void rejectsLimitsThatAbortEveryRun() {
    assertThatThrownBy(() -> new WatchSettings(1.5, 3))
        .hasMessage("blowUp: expected more than 2, but got 1.5.");
    assertThatThrownBy(() -> new WatchSettings(10, 0))
        .hasMessage("patience: expected at least 1, but got 0.");
  }
}
