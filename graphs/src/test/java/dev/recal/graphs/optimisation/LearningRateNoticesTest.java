package dev.recal.graphs.optimisation;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

/** What of a learning rate cannot take effect is told. */
class LearningRateNoticesTest {

  private static LearningRate rate(double warmUpEpochs, double warmUpStart) {
    return new LearningRate(0.1, CosineSchedule.defaults(), warmUpEpochs, warmUpStart);
  }

  @Test
  void aWarmUpLongerThanTraining() {
    assertThat(rate(5, 0).notices(1))
        .containsExactly(
            "Learning rate: the warm-up of 5 epochs takes all of the 1 epoch of training; the rate"
                + " rises to 0.02 of 0.1, and what is scheduled after the warm-up has no effect.");
    assertThat(rate(2, 0.5).notices(0.5))
        .singleElement()
        .asString()
        .contains("2 epochs takes all of the 0.5 epochs")
        .contains("rises to 0.0625 of 0.1");
    assertThat(rate(5, 0).notices(5)).hasSize(1);
    assertThat(rate(5, 0).notices(5.1)).isEmpty();
  }

  @Test
  void aStartWithoutAWarmUp() {
    assertThat(rate(0, 0.25).notices(3))
        .containsExactly("Learning rate: warmUpStart 0.25 has no effect, since warmUpEpochs is 0.");
    assertThat(rate(1, 0.25).notices(3)).isEmpty();
  }

  @Test
  void changesAfterTheEnd() {
    StepSchedule schedule = new StepSchedule(List.of(10.0, 30.0, 60.0), 0.1);
    LearningRate rate = new LearningRate(0.1, schedule, 0, 0);
    assertThat(rate.notices(30))
        .containsExactly(
            "Learning rate: training ends after 30 epochs, before the change at epoch 30 and at 60"
                + " of the schedule.");
    assertThat(rate.notices(90)).isEmpty();
  }
}
