package dev.recal.graphs.style.training;

import static org.assertj.core.api.Assertions.assertThat;

import dev.recal.graphs.logs.LastSteps;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class StyleJudgementTest {

  private static final LastSteps LEARNED = new LastSteps(1000, Double.NaN, 2.0e6, 2.0e6);

  @Test
  void lossesThatAreNearEachOtherNeedNoSentence() {
    assertThat(new StyleJudgement(4, 3.9e6, Optional.of(LEARNED)).text()).isEmpty();
    assertThat(new StyleJudgement(4, 3.9e6, Optional.empty()).text()).isEmpty();
  }

  @Test
  void storedStatisticsThatDoNotDescribeImagesAreTold() {
    assertThat(new StyleJudgement(2, 2.7e7, Optional.of(LEARNED)).text())
        .singleElement()
        .asString()
        .contains("13.5 times", "batches of 2", "Larger batches", "instance norm");
    assertThat(new StyleJudgement(1, 2.7e7, Optional.of(LEARNED)).text())
        .singleElement()
        .asString()
        .contains("13.5 times", "More content images")
        .doesNotContain("batches");
  }

  @Test
  void aTrainingThatWasTooShortIsTold() {
    LastSteps falling = new LastSteps(100, Double.NaN, 3.0e6, 2.0e6);
    assertThat(new StyleJudgement(4, 2.0e6, Optional.of(falling)).text())
        .containsExactly("The loss was still falling: train longer.");
  }

  @Test
  void lossesThatAreNotFiniteAreTold() {
    assertThat(new StyleJudgement(4, Double.NaN, Optional.of(LEARNED)).text())
        .singleElement()
        .asString()
        .contains("not finite", "do not use");
  }
}
