package dev.recal.tools;

import static org.assertj.core.api.Assertions.assertThat;

import dev.recal.models.style.StyleModel;
import dev.recal.models.style.StyleOptions;
import dev.recal.savedmodels.Predictor;
import dev.recal.savedmodels.tensor.TensorValue;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** 'recal style', with a tiny network trained for two steps on photographs of noise. */
class StyleCommandsTest {

  private static final int HEIGHT = 30;
  private static final int WIDTH = 34;

  @TempDir private static Path home;

  private static Path style;
  private static Path photos;
  private static Path run;
  private static Path model;
  private static CommandResult trained;

  @BeforeAll
  static void train() throws IOException {
    photos = Files.createDirectories(home.resolve("photos"));
    for (int i = 0; i < 5; i++) {
      NoiseImages.write(photos.resolve("photo" + i + ".png"), HEIGHT, WIDTH, i);
    }
    style = NoiseImages.write(home.resolve("my style.png"), 20, 40, 9);
    run = home.resolve("run");
    model = home.resolve("model");
    trained = style(training("train", "--norm", "bn-srm", "--out", run, "--export", model));
  }

  private static Object[] training(String command, Object... more) {
    List<Object> words = new ArrayList<>(List.of(command, style, "--content", photos, "--plain"));
    words.addAll(List.of("--size", 24, "--batch", 2, "--steps", 2));
    words.addAll(List.of("--set", "network.width=4", "--set", "network.blocks=1"));
    words.addAll(Arrays.asList(more));
    return words.toArray();
  }

  private static CommandResult style(Object... words) {
    return CommandResult.of(Stream.concat(Stream.of("style"), Arrays.stream(words)).toArray());
  }

  @Test
  void trainReportsItsLossNetwork() {
    assertThat(trained.err()).isEmpty();
    assertThat(trained.exit()).isZero();
    assertThat(trained.out())
        .contains("Loss network: random features of seed 1 in place of VGG-16")
        .contains("style apply " + run);
    assertThat(run.resolve("recipe.json")).content().contains("\"name\": \"my-style-bn-srm\"");
  }

  @Test
  void applyKeepsSizesAndMixesByStrength() throws IOException {
    Path whole = home.resolve("whole");
    assertThat(style("apply", model, photos, "--out", whole).out()).contains("5 images in ");
    Path photo = photos.resolve("photo1.png");
    assertThat(ImageIO.read(whole.resolve("photo1.png").toFile()).getWidth()).isEqualTo(WIDTH);
    Path small = home.resolve("small");
    assertThat(style("apply", model, photo, "--max-size", 17, "--out", small).exit()).isZero();
    assertThat(ImageIO.read(small.resolve("photo1.png").toFile()).getHeight()).isEqualTo(15);
    Path none = home.resolve("none");
    assertThat(style("apply", run, photo, "--strength", 0, "--out", none).exit()).isZero();
    assertThat(pixels(none.resolve("photo1.png"))).isEqualTo(pixels(photo));
    assertThat(pixels(whole.resolve("photo1.png"))).isNotEqualTo(pixels(photo));
    try (StyleModel ofRun = StyleModel.open(run);
        StyleModel exported = StyleModel.open(model)) {
      StyleOptions half = StyleOptions.defaults().withStrength(0.5);
      assertThat(exported.stylize(photo, half).values())
          .isEqualTo(ofRun.stylize(photo, half).values());
    }
  }

  @Test
  void filesAreStylizedInsideTheGraph() throws IOException {
    Path photo = photos.resolve("photo2.png");
    Path applied = home.resolve("applied");
    assertThat(style("apply", model, photo, "--out", applied).exit()).isZero();
    Path answer = home.resolve("answer.png");
    try (Predictor predictor = Predictor.open(model)) {
      TensorValue file = TensorValue.ofBytes(List.of(Files.readAllBytes(photo)));
      TensorValue png =
          predictor.call("stylize_bytes", Map.of("image_bytes", file)).get("stylized_bytes");
      Files.write(answer, png.byteStrings()[0]);
    }
    assertThat(pixels(answer)).isEqualTo(pixels(applied.resolve("photo2.png")));
  }

  private static int[] pixels(Path png) throws IOException {
    return ImageIO.read(png.toFile()).getRGB(0, 0, WIDTH, HEIGHT, null, 0, WIDTH);
  }

  @Test
  void unusableFilesAreSkipped() throws IOException {
    Path mixed = Files.createDirectories(home.resolve("mixed"));
    Files.writeString(mixed.resolve("note.txt"), "no image");
    NoiseImages.write(mixed.resolve("small.png"), 3, 3, 1);
    NoiseImages.write(mixed.resolve("usable.png"), 7, 9, 1);
    Path out = home.resolve("usable");
    CommandResult ran = style("apply", model, mixed, "--out", out);
    assertThat(ran.exit()).isZero();
    assertThat(ran.err()).contains("note.txt").contains("at least 5 pixels a side, but got 3×3");
    assertThat(out.resolve("usable.png")).exists();
    assertThat(style("apply", model, mixed, "--strict", "--force", "--out", out).exit())
        .isEqualTo(1);
  }

  @Test
  void compareWritesATableAndAPicture() {
    Path out = home.resolve("comparison");
    CommandResult ran = style(training("compare", "--norms", "in,bn", "--out", out));
    assertThat(ran.exit()).as(ran.err()).isZero();
    assertThat(out.resolve("comparison.txt"))
        .content()
        .contains("norm", "IN", "BN", "Loss network: random features");
    assertThat(out.resolve("comparison.png")).exists();
    CommandResult again = style(training("compare", "--norms", "in,bn", "--out", out));
    assertThat(again.out()).contains("training was already complete");
  }
}
