package dev.recal.tools;

import static org.assertj.core.api.Assertions.assertThat;

import dev.recal.graphs.data.DataSet;
import dev.recal.graphs.data.shards.RecordShards;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.IntStream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** 'recal stylize', with a network trained for two steps on noise. */
class StylizeCommandTest {

  @TempDir private static Path home;

  private static Path photos;
  private static Path styles;
  private static Path run;

  @BeforeAll
  static void train() {
    photos = home.resolve("photos");
    styles = home.resolve("styles");
    for (int i = 0; i < 4; i++) {
      NoiseImages.write(photos.resolve("class" + i % 2).resolve("photo" + i + ".png"), 30, 34, i);
      NoiseImages.write(styles.resolve("style" + i + ".png"), 40, 28, 10 + i);
    }
    run = home.resolve("run");
    CommandResult trained =
        CommandResult.of(
            "train",
            "../recipes/arbitrary-style.json",
            "--plain",
            "--out",
            run,
            "--set",
            "data.training.path=" + photos,
            "--set",
            "styles.path=" + styles,
            "--set",
            "data.size=24",
            "--set",
            "training.batch=2",
            "--set",
            "training.steps=2");
    assertThat(trained.exit()).as(trained.err()).isZero();
  }

  @Test
  void copiesKeepFoldersAndAreContinued() throws IOException {
    Path out = home.resolve("copy");
    CommandResult whole = stylize(photos, out, 1);
    assertThat(whole.exit()).as(whole.err()).isZero();
    assertThat(whole.out()).contains("4 images written to " + out + ", 0 were there already");
    Path copy = out.resolve("class1").resolve("photo3.png");
    assertThat(ImageIO.read(copy.toFile()).getWidth()).isEqualTo(34);
    byte[] first = Files.readAllBytes(copy);
    Files.delete(copy);
    assertThat(stylize(photos, out, 1).out()).contains("1 image written");
    assertThat(copy).hasBinaryContent(first);
    assertThat(stylize(photos, out, 2).exit()).isEqualTo(1);
  }

  @Test
  void filesOfOneNameAreKeptApartAndSmallImagesSkipped() throws IOException {
    Path mixed = home.resolve("mixed");
    NoiseImages.write(mixed.resolve("a.png"), 20, 20, 1);
    Files.copy(mixed.resolve("a.png"), mixed.resolve("a.bmp"));
    NoiseImages.write(mixed.resolve("small.png"), 4, 20, 1);
    Path out = home.resolve("apart");
    CommandResult copied = stylize(mixed, out, 1);
    assertThat(copied.out()).contains("2 images written");
    assertThat(copied.err())
        .contains("skipped small.png is too small: expected at least 9 pixels a side");
    assertThat(out.resolve("a.png")).exists();
    assertThat(out.resolve("a.png.png")).exists();
  }

  @Test
  void shardsBecomeShards() throws IOException {
    Path shards = home.resolve("shards");
    CommandResult made = CommandResult.of("records", photos, "--out", shards, "--shards", 2);
    assertThat(made.exit()).as(made.err()).isZero();
    Path out = home.resolve("stylised-shards");
    assertThat(stylize(shards, out, 1).out()).contains("4 images written to " + out);
    try (DataSet expected = new RecordShards(shards).open();
        DataSet found = new RecordShards(out).open()) {
      assertThat(found.labels()).isEqualTo(expected.labels());
      assertThat(found.classNames()).containsExactly("class0", "class1");
      IntStream.range(0, 4)
          .forEach(i -> assertThat(found.itemName(i)).isEqualTo(expected.itemName(i)));
    }
    Path first = out.resolve("images-00000-of-00002.tfrecord");
    byte[] written = Files.readAllBytes(first);
    Files.delete(first);
    CommandResult again = stylize(shards, out, 1);
    assertThat(again.out()).contains("2 images written").contains("2 were there already");
    assertThat(first).hasBinaryContent(written);
  }

  private static CommandResult stylize(Path data, Path out, long seed) {
    return CommandResult.of(
        "stylize", data, "--styles", styles, "--model", run, "--out", out, "--seed", seed);
  }
}
