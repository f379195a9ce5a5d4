package dev.recal.tools.launch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class GpusTest {

  @Test
  void sharesNeighboursEqually() {
    assertThat(Gpus.shared(List.of("0", "1", "2", "3", "4"), 2).shares())
        .containsExactly("0,1", "2,3");
    assertThat(Gpus.hidden(2).shares()).containsExactly("-1", "-1");
    assertThat(Gpus.untouched().share(0)).isEmpty();
    assertThatThrownBy(() -> Gpus.shared(List.of("0"), 2))
        .hasMessageContaining("expected at most as many as GPUs, 1, but got 2");
  }

  @Test
  void findsWhatTheEnvironmentOrTheDriverLists() {
    assertThat(Gpus.visible(Optional.empty(), 0)).isEmpty();
    assertThat(Gpus.visible(Optional.empty(), 2)).containsExactly("0", "1");
    assertThat(Gpus.visible(Optional.of("GPU-5a, 3"), 8)).containsExactly("GPU-5a", "3");
    assertThat(Gpus.visible(Optional.of("2,-1,3"), 8)).containsExactly("2");
    assertThat(Gpus.visible(Optional.of(""), 8)).isEmpty();
  }
}
