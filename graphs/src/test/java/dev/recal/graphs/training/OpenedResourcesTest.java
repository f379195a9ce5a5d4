package dev.recal.graphs.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class OpenedResourcesTest {

  private final List<String> closed = new ArrayList<>();

  @Test
  void closesTheLastOpenedFirstAndOnce() {
    OpenedResources resources = new OpenedResources();
    resources.add(() -> closed.add("graph"));
    resources.add(() -> closed.add("input"));
    resources.close();
    resources.close();
    assertThat(closed).containsExactly("input", "graph");
  }

  @Test
  void closesTheOthersWhereSomeFail() {
    OpenedResources resources = new OpenedResources();
    IOException first = new IOException("first");
    IllegalArgumentException second = new IllegalArgumentException("second");
    resources.add(() -> closed.add("graph"));
    resources.add(
        () -> {
          throw second;
        });
    resources.add(
        () -> {
          throw first;
        });
    assertThatThrownBy(resources::close)
        .isInstanceOf(IllegalStateException.class)
        .hasCause(first)
        .satisfies(failure -> assertThat(failure.getSuppressed()).containsExactly(second));
    assertThat(closed).containsExactly("graph");
  }
}
