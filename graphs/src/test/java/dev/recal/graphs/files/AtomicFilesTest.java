package dev.recal.graphs.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AtomicFilesTest {
  @TempDir Path directory;

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  @Test
  void makesDirectoriesAndReplaces() throws IOException {
    Path file = directory.resolve("a/b/file.txt");
    AtomicFiles.write(file, bytes("old"));
    AtomicFiles.write(file, bytes("new"));
    assertThat(file).hasContent("new");
    assertThat(file.getParent()).isDirectoryContaining("glob:**file.txt");
    assertThat(Files.list(file.getParent())).hasSize(1);
  }

  @Test
  void failureKeepsOldContentOnly() throws IOException {
    Path file = directory.resolve("file.txt");
    AtomicFiles.write(file, bytes("old"));
    assertThatThrownBy(
            () ->
                AtomicFiles.write(
                    file,
                    out -> {
                      out.write(bytes("half"));
                      throw new IOException("No space left on device");
                    }))
        .hasMessage("No space left on device");
    assertThat(file).hasContent("old");
    assertThat(Files.list(directory)).hasSize(1);
  }

  @Test
  void fileThatCannotBeReplacedIsNamed() throws IOException {
    Path full = Files.createDirectories(directory.resolve("full/inner")).getParent();
    assertThatThrownBy(() -> AtomicFiles.write(full, bytes("new")))
        .isInstanceOf(IOException.class)
        .hasMessageStartingWith("File " + full + " cannot be written: ");
    assertThat(Files.list(directory)).containsExactly(full);
    assertThatThrownBy(() -> DurableFiles.sync(directory.resolve("none")))
        .hasMessage("File " + directory.resolve("none") + " cannot be written: it does not exist.");
  }

  @Test
  void reasonIsReadable() throws IOException {
    Path existingFile = Files.writeString(directory.resolve("file"), "not a directory");
    assertThatThrownBy(() -> AtomicFiles.write(existingFile.resolve("x"), bytes("")))
        .isInstanceOfSatisfying(
            IOException.class,
            e ->
                assertThat(e)
                    .hasMessage(
                        "File %s cannot be written: %s is not a directory."
                            .formatted(existingFile.resolve("x"), existingFile)));
  }
}
