package dev.recal.graphs.training;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class DataIdentityTest {

  @Test
  void digestsOfEarlierVersionsAreOfTheSameData() {
    DataIdentity data = new DataIdentity("photos", "new", List.of("old"));
    assertThat(data.matches("new")).isTrue();
    assertThat(data.matches("old")).isTrue();
    assertThat(data.matches("other")).isFalse();
    assertThat(new DataIdentity("photos", "new").matches("old")).isFalse();
  }
}
