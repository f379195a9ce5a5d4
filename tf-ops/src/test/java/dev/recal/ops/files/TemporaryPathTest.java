package dev.recal.ops.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is written next to its target leaves nothing; what a killed process left is deleted. */
class TemporaryPathTest {

  @TempDir Path place;

  /** Writes a file and a directory until it is killed. */
  static final class Writer {
    public static void main(String[] arguments) throws IOException, InterruptedException {
      Path place = Path.of(arguments[0]);
      TemporaryPath file = TemporaryPath.file(place.resolve("grid.png"));
      TemporaryPath directory = TemporaryPath.directory(place.resolve("1"));
      Files.writeString(directory.path().resolve("part"), "half");
      System.out.println("written");
      Thread.sleep(60_000);
      file.close();
    }
  }

  private static void age(List<Path> paths) throws IOException {
    for (Path path : paths) {
      Files.setLastModifiedTime(path, FileTime.fromMillis(System.currentTimeMillis() - 60_000));
    }
  }

  private List<Path> entries() throws IOException {
    try (Stream<Path> all = Files.list(place)) {
      return all.toList();
    }
  }

  @Test
  void closingDeletesWhatWasNotRenamed() throws IOException {
    Path target = place.resolve("target");
    try (TemporaryPath directory = TemporaryPath.directory(target)) {
      Files.writeString(directory.path().resolve("half"), "half");
    }
    try (TemporaryPath file = TemporaryPath.file(target)) {
      assertThat(file.path()).isRegularFile().hasParent(place);
    }
    assertThat(entries()).isEmpty();
    try (TemporaryPath directory = TemporaryPath.directory(target)) {
      Files.move(directory.path(), target);
    }
    assertThat(entries()).containsExactly(target);
  }

  @Test
  void whatAKilledProcessLeftIsDeletedAndWhatALivingOneWritesStays() throws Exception {
    Process writer =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                Writer.class.getName(),
                place.toString())
            .redirectErrorStream(true)
            .start();
    try {
      assertThat(writer.inputReader().readLine()).isEqualTo("written");
      List<Path> written = entries();
      assertThat(written).hasSize(3);
      age(written);
      TemporaryPath.sweep(place, place);
      assertThat(entries()).containsExactlyInAnyOrderElementsOf(written);

      Path user = Files.writeString(place.resolve(".notes.12.tmp"), "of another program");
      writer.destroyForcibly().waitFor();
      age(written);
      TemporaryPath.sweep(place, place);
      assertThat(entries()).containsExactly(user);
    } finally {
      writer.destroyForcibly();
    }
  }

  @Test
  void theFirstFileOfAProcessInADirectorySweepsIt() throws IOException {
    Path left = Files.createDirectories(place.resolve(".2.1f.recal-tmp/variables")).getParent();
    Path young = Files.writeString(place.resolve(".a.png.2f.recal-tmp"), "just begun");
    age(List.of(left));
    try (TemporaryPath first = TemporaryPath.file(place.resolve("b.png"))) {
      assertThat(entries()).containsExactlyInAnyOrder(first.path(), young);
    }
  }

  @Test
  void longNamesAreCut() throws IOException {
    String name = "ü".repeat(120);
    try (TemporaryPath file = TemporaryPath.file(place.resolve(name))) {
      Files.move(file.path(), place.resolve(name));
    }
    assertThat(entries()).containsExactly(place.resolve(name));
  }

  @Test
  void createdDirectoriesAreRemovedUnlessTheyAreKeptOrFilled() throws IOException {
    Path there = Files.createDirectory(place.resolve("there"));
    Path inner = there.resolve("a/b");
    try (CreatedDirectories failing = CreatedDirectories.of(inner)) {
      assertThat(inner).isDirectory();
      assertThat(failing).isNotNull();
    }
    assertThat(there).isEmptyDirectory();
    try (CreatedDirectories filled = CreatedDirectories.of(inner)) {
      assertThat(filled).isNotNull();
      Files.createFile(there.resolve("a/file"));
    }
    assertThat(there.resolve("a")).isNotEmptyDirectory();
    assertThat(inner).doesNotExist();
    try (CreatedDirectories kept = CreatedDirectories.of(inner)) {
      kept.keep();
    }
    assertThat(inner).isDirectory();
    Path file = Files.createFile(place.resolve("file"));
    assertThatThrownBy(() -> CreatedDirectories.of(file.resolve("a/b")))
        .isInstanceOf(IOException.class);
    assertThat(file).isRegularFile();
  }
}
