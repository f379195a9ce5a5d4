package dev.recal.tools.console;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.NoSuchFileException;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.tensorflow.exceptions.TFInvalidArgumentException;

class FailuresTest {

  static Stream<Arguments> sentences() {
    IOException full = new IOException("No space left on device");
    return Stream.of(
        sentence(new NoSuchFileException("a"), "No such file or directory: a."),
        sentence(full, "No space is left on the device."),
        sentence(new UncheckedIOException(full), "No space is left on the device."),
        sentence(
            new UncheckedIOException("Cannot write the picture a.png: full.", full),
            "Cannot write the picture a.png: full."),
        sentence(new IOException("target: a is full"), "target: a is full."),
        sentence(
            new TFInvalidArgumentException(
                "2 root error(s) found.\n  (0) INVALID_ARGUMENT: Incompatible shapes: [2] vs. [3]\n"
                    + "\t [[{{node add}}]]"),
            "TensorFlow failed: Incompatible shapes: [2] vs. [3]."),
        sentence(new IllegalStateException("closed"), "IllegalStateException: closed."),
        sentence(new IllegalStateException(), "IllegalStateException."));
  }

  private static Arguments sentence(Exception failure, String expected) {
    return Arguments.of(failure, expected);
  }

  @ParameterizedTest
  @MethodSource("sentences")
  void aFailureIsOneSentence(Exception failure, String expected) {
    assertThat(Failures.sentence(failure)).isEqualTo(expected);
  }
}
