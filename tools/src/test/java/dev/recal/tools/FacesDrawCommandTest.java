package dev.recal.tools;

import static org.assertj.core.api.Assertions.assertThat;

import dev.recal.models.faces.FaceLandmarks;
import dev.recal.models.faces.FacePairs;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FacesDrawCommandTest {

  @TempDir private Path directory;

  private static CommandResult draw(Path out, Object... more) {
    Object[] words = {
      "faces", "draw", "--out", out, "--identities", 6, "--images", 3, "--size", 48
    };
    Object[] all = new Object[words.length + more.length];
    System.arraycopy(words, 0, all, 0, words.length);
    System.arraycopy(more, 0, all, words.length, more.length);
    return CommandResult.of(all);
  }

  @Test
  void writesImagesPairsAndLandmarks() throws Exception {
    Path out = directory.resolve("faces");
    CommandResult drawn = draw(out, "--folds", 2, "--seed", 4);
    assertThat(drawn.exit()).as(drawn.err()).isZero();
    assertThat(drawn.out()).startsWith("18 images of 6 identities in " + out + ", with 36 pairs");

    FacePairs pairs = FacePairs.read(out.resolve("pairs.txt"));
    assertThat(pairs.folds()).isEqualTo(2);
    // Three identities a fold, each with three pairs.
    assertThat(pairs.pairs()).hasSize(2 * 2 * 9);
    assertThat(pairs.images(out)).allSatisfy(image -> assertThat(image).isRegularFile());
    List<FaceLandmarks> faces = FaceLandmarks.read(out.resolve("landmarks.txt"));
    assertThat(faces).hasSize(18);
    assertThat(faces.get(4).path()).isEqualTo("unseen0002/unseen0002_0002.png");
    assertThat(faces.get(4).points()).hasSize(10);

    CommandResult again = draw(out, "--folds", 2);
    assertThat(again.exit()).isEqualTo(1);
    assertThat(again.err()).contains("already exists and contains files");
  }

  @Test
  void rejectsTooFewIdentities() {
    CommandResult refused = draw(directory.resolve("few"));
    assertThat(refused.exit()).isEqualTo(2);
    assertThat(refused.err()).contains("at least 2 identities for each of 10 folds, but got 6");
    assertThat(directory.resolve("few")).doesNotExist();
  }
}
