package dev.recal.tools.launch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GpusTest {

  @TempDir private Path directory;

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
  void findsWhatTheEnvironmentOrTheDriverLists() throws IOException {
    Path driver = directory.resolve("gpus");
    assertThat(Gpus.found(Optional.empty(), driver)).isEmpty();
    Files.createDirectories(driver.resolve("0000:17:00.0"));
    Files.createDirectories(driver.resolve("0000:65:00.0"));
    assertThat(Gpus.found(Optional.empty(), driver)).containsExactly("0", "1");
    assertThat(Gpus.found(Optional.of("GPU-5a, 3"), driver)).containsExactly("GPU-5a", "3");
    // CUDA ignores what follows an invalid number.
    assertThat(Gpus.found(Optional.of("2,-1,3"), driver)).containsExactly("2");
    assertThat(Gpus.found(Optional.of(""), driver)).isEmpty();
  }
}
