package dev.recal.models.faces;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FacePairsTest {

  @TempDir private Path directory;

  private Path images;
  private Path file;

  @BeforeEach
  void writeNames() throws IOException {
    images = directory.resolve("images");
    file = directory.resolve("pairs.txt");
    for (String name : new String[] {"Ann/Ann_0001.jpg", "Ann/Ann_0002.PNG", "Bo/Bo_0012.webp"}) {
      Path image = images.resolve(name);
      Files.createDirectories(image.getParent());
      Files.createFile(image);
    }
  }

  @Test
  void readsLfwsForm() throws IOException {
    Files.writeString(file, "1\t1\nAnn\t1\t2\nAnn 2 Bo 12\n");
    FacePairs pairs = FacePairs.read(file);
    assertThat(pairs.folds()).isEqualTo(1);
    assertThat(pairs.same()).containsExactly(true, false);
    assertThat(pairs.images(images))
        .containsExactly(
            images.resolve("Ann/Ann_0001.jpg"),
            images.resolve("Ann/Ann_0002.PNG"),
            images.resolve("Ann/Ann_0002.PNG"),
            images.resolve("Bo/Bo_0012.webp"));
  }

  @Test
  void readsLists() throws IOException {
    Files.writeString(file, "Ann/Ann_0001.jpg Bo/Bo_0012.webp 0\n\nAnn/Ann_0001 Ann/Ann_0002 1\n");
    FacePairs pairs = FacePairs.read(file);
    assertThat(pairs.folds()).isZero();
    assertThat(pairs.same()).containsExactly(false, true);
    assertThat(pairs.images(images)).hasSize(4).contains(images.resolve("Bo/Bo_0012.webp"));
  }

  @Test
  void aMissingImageIsNamedWithItsLine() throws IOException {
    Files.writeString(file, "1 1\nAnn 1 2\nAnn 3 Bo 12\n");
    FacePairs pairs = FacePairs.read(file);
    assertThatThrownBy(() -> pairs.images(images))
        .isInstanceOf(IOException.class)
        .hasMessage(
            "File "
                + file
                + ", line 3: there is no image "
                + images.resolve("Ann/Ann_0003")
                + ", with any extension.");
    Files.createFile(images.resolve("Ann/Ann_0002.jpg"));
    assertThatThrownBy(() -> pairs.images(images))
        .hasMessageContaining("line 2: there are several images Ann_0002 in ");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "1 1/Ann 1 2/Ann 2 3 | line 3: expected 'name1 a name2 b', a pair of different identities,"
            + " but got 'Ann 2 3'.",
        "1 1/Ann one 2/Ann 2 Bo 3 | line 2: expected 'name a b', a pair of one identity, but got"
            + " 'Ann one 2'.",
        "1 1/Ann 1 2/Ann 2 Ann 3 | line 3: expected two different names, but got 'Ann 2 Ann 3'.",
        "2 1/Ann 1 2/Ann 2 Bo 3/Ann 3 4/Ann 1 Bo 3/Ann 5 6 | line 6: expected the end of the file"
            + " after 4 pairs, but got 'Ann 5 6'.",
        "2 1/Ann 1 2/Ann 2 Bo 3 | expected 4 pairs, 2 × 1 for each of 2 folds, but got 2.",
        "0 1/Ann 1 2 | line 1: expected at least one fold and one pair in the header, but got"
            + " '0 1'.",
        "1 1/Ann 1 1/Ann 2 Bo 3 | line 2: expected two different images, but got Ann/Ann_0001"
            + " twice.",
        "a b 1/b a 1 | line 2: the pair is that of line 1.",
        "a b 2 | line 1: expected 'folds pairs', the header of LFW's form, or 'first second 1' or"
            + " '… 0', but got 'a b 2'.",
        "1 1/Ann 1 99999999999/Ann 2 Bo 3 | line 2: expected a number that is not so large, but got"
            + " 'Ann 1 99999999999'."
      })
  void aBadLineIsNamed(String text, String message) throws IOException {
    Files.writeString(file, text.replace('/', '\n'));
    assertThatThrownBy(() -> FacePairs.read(file))
        .isInstanceOf(IOException.class)
        .hasMessageStartingWith("File " + file)
        .hasMessageEndingWith(message);
  }

  @Test
  void anEmptyFileHasNoPairs() throws IOException {
    Files.writeString(file, "\n");
    assertThatThrownBy(() -> FacePairs.read(file)).hasMessage("File " + file + " has no pairs.");
  }
}
