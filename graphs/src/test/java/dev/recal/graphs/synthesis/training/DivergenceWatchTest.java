package dev.recal.graphs.synthesis.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Optional;
import org.junit.jupiter.api.Test;

class DivergenceWatchTest {

  private static final StepFigures SOUND = new StepFigures(1.8, 5, 0.1, -0.1, 0.1, 0.02, 1e-3);

  private static StepFigures figures(double adversarial, double real, double made, double g) {
    return new StepFigures(adversarial, 5, real, made, -made, g, 1e-3);
  }

  private final DivergenceWatch watch = new DivergenceWatch(new WatchSettings(100, 3));

  @Test
  void soundFiguresAreNoTrouble() {
    for (int i = 0; i < 10; i++) {
      assertThat(watch.trouble(SOUND)).isEmpty();
      assertThat(watch.warning(SOUND)).isEmpty();
    }
  }

  @Test
  void whatIsNoNumberEndsTheRunAtOnce() {
    assertThat(watch.trouble(figures(Double.NaN, 1, 0, 1)).orElseThrow())
        .startsWith("a loss is not finite");
    assertThat(watch.trouble(new StepFigures(1, Double.POSITIVE_INFINITY, 0, 0, 0, 0, 0)))
        .isPresent();
  }

  @Test
  void lossesBeyondTheLimitEndTheRun() {
    assertThat(watch.trouble(figures(1, 0, -101, 1)))
        .contains("an adversarial loss is 101.0, above the limit 100.0");
  }

  @Test
  void aGeneratorWithoutGradientEndsTheRunWhenItStaysSo() {
    StepFigures dead = figures(0, 2, -2, 0);
    assertThat(watch.trouble(dead)).isEmpty();
    assertThat(watch.trouble(dead)).isEmpty();
    assertThat(watch.trouble(SOUND)).isEmpty();
    assertThat(watch.trouble(dead)).isEmpty();
    assertThat(watch.trouble(dead)).isEmpty();
    assertThat(watch.trouble(dead)).contains("the generator has received no gradient for 3 steps");
  }

  @Test
  void aDiscriminatorThatTellsNothingApartEndsTheRun() {
    StepFigures collapsed = figures(1.8, 0.25, 0.25, 1);
    watch.trouble(collapsed);
    watch.trouble(collapsed);
    assertThat(watch.trouble(collapsed))
        .contains(
            "the discriminator has given real and generated images the same logit for 3 steps");
  }

  @Test
  void aFaultlessDiscriminatorIsToldOnce() {
    StepFigures faultless = figures(0, 2, -2, 1);
    assertThat(watch.warning(faultless)).isEmpty();
    assertThat(watch.warning(faultless)).isEmpty();
    Optional<String> told = watch.warning(faultless);
    assertThat(told.orElseThrow()).contains("perfectly for 3 steps");
    assertThat(watch.warning(faultless)).isEmpty();
  }

  @Test
  void refusesLimitsThatEndEveryRun() {
    assertThatThrownBy(() -> new WatchSettings(1.5, 3))
        .hasMessage("blowUp: expected more than 2, but got 1.5.");
    assertThatThrownBy(() -> new WatchSettings(10, 0))
        .hasMessage("patience: expected at least 1, but got 0.");
  }
}
