package dev.recal.ops.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.MalformedInputException;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class FileFailuresTest {

  private static final Path FILE = Path.of("run/metrics.jsonl");

  static Stream<Arguments> sentences() {
    return Stream.of(
        sentence(new NoSuchFileException("a/b"), "There is no a/b."),
        sentence(new AccessDeniedException("a/b"), "Access to a/b is denied."),
        sentence(new FileAlreadyExistsException("a/b"), "a/b already exists."),
        sentence(new NotDirectoryException("a/b"), "a/b is not a directory."),
        sentence(new DirectoryNotEmptyException("a/b"), "Directory a/b is not empty."),
        sentence(
            new FileSystemException("a/b", null, "No space left on device"),
            "No space is left on the device: a/b."),
        sentence(new FileNotFoundException("a/b (Is a directory)"), "It is a directory: a/b."),
        sentence(new FileNotFoundException("a/b (Permission denied)"), "Access is denied: a/b."),
        sentence(new IOException("No space left on device"), "No space is left on the device."),
        sentence(new MalformedInputException(1), "It is not UTF-8 text."),
        sentence(new IOException("target: a is full."), "target: a is full."),
        sentence(new IOException("File x is damaged."), "File x is damaged."),
        sentence(new IOException(), "IOException."));
  }

  private static Arguments sentence(IOException failure, String expected) {
    return Arguments.of(failure, expected);
  }

  @ParameterizedTest
  @MethodSource("sentences")
  void failuresAreSentences(IOException failure, String expected) {
    assertThat(FileFailures.sentence(failure)).isEqualTo(expected);
  }

  @Test
  void theFileIsNamedOnce() {
    IOException denied = FileFailures.reading(FILE, new AccessDeniedException(FILE.toString()));
    assertThat(denied)
        .hasMessage("File " + FILE + " cannot be read: access is denied.")
        .hasCauseInstanceOf(AccessDeniedException.class);
    assertThat(FileFailures.reason(denied)).isEqualTo("access to " + FILE + " is denied");
    assertThat(FileFailures.sentence(denied)).isEqualTo(denied.getMessage());
    assertThat(FileFailures.writing(Path.of("other"), denied)).isSameAs(denied);
  }

  @Test
  void anUncheckedFailureKeepsItsOwnWords() {
    IOException full = new IOException("No space left on device");
    assertThat(FileFailures.sentence(new UncheckedIOException("Cannot write x: full.", full)))
        .isEqualTo("Cannot write x: full.");
    assertThat(FileFailures.sentence(new UncheckedIOException(full)))
        .isEqualTo("No space is left on the device.");
  }

  @Test
  void aStreamNamesItsFile() {
    OutputStream full =
        new OutputStream() {
          @Override
          public void write(int value) throws IOException {
            throw new IOException("No space left on device");
          }

          @Override
          public void flush() throws IOException {
            throw new IOException("Input/output error");
          }
        };
    OutputStream out = NamedOutput.of(FILE, full);
    assertThatThrownBy(() -> out.write(new byte[] {1}))
        .hasMessage("File " + FILE + " cannot be written: no space is left on the device.");
    assertThatThrownBy(() -> out.write(1)).hasMessageContaining(FILE.toString());
    assertThatThrownBy(out::flush)
        .hasMessage(
            "File " + FILE + " cannot be written: the device reports an input/output error.");
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void aFullDeviceIsNamed() {
    Path device = Path.of("/dev/full");
    assertThatThrownBy(
            () -> {
              try (OutputStream out = NamedOutput.of(device, Files.newOutputStream(device))) {
                out.write(new byte[100]);
              }
            })
        .hasMessage("File /dev/full cannot be written: no space is left on the device.");
    assertThatThrownBy(() -> TextFiles.write(device, "text"))
        .hasMessage("File /dev/full cannot be written: no space is left on the device.");
  }
}
