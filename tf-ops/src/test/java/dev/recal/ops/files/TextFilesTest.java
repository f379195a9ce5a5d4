package dev.recal.ops.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TextFilesTest {

  @TempDir Path directory;
  private Path file;

  @BeforeEach
  void name() {
    file = directory.resolve("labels.txt");
  }

  @Test
  void textsAreReadWithAndWithoutAByteOrderMark() throws IOException {
    TextFiles.write(file, "Käse\r\n乳酪\n😀");
    assertThat(TextFiles.read(file)).isEqualTo("Käse\r\n乳酪\n😀");
    assertThat(TextFiles.lines(file)).containsExactly("Käse", "乳酪", "😀");
    TextFiles.write(file, "\uFEFFcat\ndog\n");
    assertThat(TextFiles.lines(file)).containsExactly("cat", "dog");
    TextFiles.write(file, "");
    assertThat(TextFiles.lines(file)).isEmpty();
  }

  @Test
  void otherEncodingsAreNamedWithTheByte() throws IOException {
    Files.write(file, "cat\nKäse".getBytes(StandardCharsets.ISO_8859_1));
    assertRefused("expected UTF-8 text, but byte 0xe4 at position 5 is not.");
    Files.write(file, new byte[] {'c', (byte) 0xc3});
    assertRefused("expected UTF-8 text, but byte 0xc3 at position 1 is not.");
    for (byte[] mark : new byte[][] {{(byte) 0xff, (byte) 0xfe}, {(byte) 0xfe, (byte) 0xff}}) {
      Files.write(file, new byte[] {mark[0], mark[1], 'c', 0});
      assertRefused("expected UTF-8 text, but it is UTF-16; save it as UTF-8.");
    }
  }

  private void assertRefused(String reason) {
    assertThatThrownBy(() -> TextFiles.read(file))
        .isInstanceOf(IOException.class)
        .hasMessage("File " + file + ": " + reason);
  }

  @Test
  void missingFilesAndDirectoriesAreNamed() {
    assertThatThrownBy(() -> TextFiles.read(file))
        .isInstanceOf(IOException.class)
        .hasMessage("File " + file + " cannot be read: it does not exist.");
    assertThatThrownBy(() -> TextFiles.lines(directory))
        .isInstanceOf(IOException.class)
        .hasMessage("File " + directory + " cannot be read: it is a directory.");
    assertThatThrownBy(() -> TextFiles.write(directory, ""))
        .isInstanceOf(IOException.class)
        .hasMessageStartingWith("File " + directory + " cannot be written: it is a directory");
  }
}
