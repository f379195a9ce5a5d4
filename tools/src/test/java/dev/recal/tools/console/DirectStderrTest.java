package dev.recal.tools.console;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DirectStderrTest {

  private final PrintStream before = System.err;

  @AfterEach
  void restore() {
    System.clearProperty(DirectStderr.PROPERTY);
    System.setErr(before);
  }

  // A server that a command starts inherits its system properties, but not its descriptors.
  @ParameterizedTest
  @ValueSource(strings = {"", "0:1", "1", "x:y:z"})
  void ignoresDescriptorsOfOtherProcesses(String place) {
    System.setProperty(DirectStderr.PROPERTY, place);
    DirectStderr.use();
    assertThat(System.err).isSameAs(before);
  }
}
