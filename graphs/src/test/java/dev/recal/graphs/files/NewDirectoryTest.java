package dev.recal.graphs.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A start that fails leaves nothing behind, and nothing of others is deleted. */
class NewDirectoryTest {

  @TempDir Path place;

  private static void fill(Path directory) throws IOException {
    AtomicFiles.write(directory.resolve("recipe.json"), new byte[1]);
    AtomicFiles.write(directory.resolve("tensorboard/events"), new byte[1]);
  }

  @Test
  void whatWasCreatedIsRemoved() throws IOException {
    Path run = place.resolve("runs/one");
    try (NewDirectory directory = NewDirectory.at(run)) {
      assertThat(directory).isNotNull();
      fill(run);
    }
    assertThat(place).isEmptyDirectory();
  }

  @Test
  void aDirectoryThatExistedStays() throws IOException {
    Path run = Files.createDirectories(place.resolve("runs/one"));
    try (NewDirectory directory = NewDirectory.at(run)) {
      assertThat(directory).isNotNull();
      fill(run);
    }
    assertThat(run).isEmptyDirectory();
  }

  @Test
  void whatIsKeptStays() throws IOException {
    Path run = place.resolve("runs/one");
    try (NewDirectory directory = NewDirectory.at(run)) {
      fill(run);
      directory.keep();
    }
    assertThat(run.resolve("tensorboard/events")).isRegularFile();
  }

  @Test
  void aFilledDirectoryIsRefusedAndStays() throws IOException {
    Path file = Files.createFile(place.resolve("notes.txt"));
    assertThatThrownBy(() -> NewDirectory.at(place)).isInstanceOf(DirectoryNotEmptyException.class);
    assertThat(file).isRegularFile();
  }

  @Test
  void anotherDirectoryInItsPlaceIsNotEmptied() throws IOException {
    Path run = place.resolve("run");
    Path other = Files.createDirectory(place.resolve("other"));
    Files.createFile(other.resolve("notes.txt"));
    try (NewDirectory directory = NewDirectory.at(run)) {
      assertThat(directory).isNotNull();
      Files.move(run, place.resolve("moved"));
      Files.move(other, run);
    }
    assertThat(run.resolve("notes.txt")).isRegularFile();
  }
}
