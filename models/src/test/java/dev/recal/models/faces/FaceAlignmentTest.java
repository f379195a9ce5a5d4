package dev.recal.models.faces;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.recal.graphs.charts.PngFiles;
import dev.recal.graphs.data.items.DecodedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.function.ToDoubleFunction;
import javax.imageio.ImageIO;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FaceAlignmentTest {

  private static final FaceAlignment ALIGNMENT = new FaceAlignment(112);
  private static final Offset<Double> ROUNDING = within(1e-9);
  private static final long PIXELS = 1_000_000;

  @TempDir private Path directory;

  @Test
  void aSimilarityIsFoundExactly() {
    SimilarityTransform given = new SimilarityTransform(1.3, -0.7, 20, -5);
    double[] from = ALIGNMENT.template();
    double[] to = new double[from.length];
    for (int i = 0; i < from.length; i += 2) {
      to[i] = given.x(from[i], from[i + 1]);
      to[i + 1] = given.y(from[i], from[i + 1]);
    }
    SimilarityTransform found = SimilarityTransform.between(from, to);
    assertThat(found.a()).isCloseTo(1.3, ROUNDING);
    assertThat(found.b()).isCloseTo(-0.7, ROUNDING);
    assertThat(found.dx()).isCloseTo(20, ROUNDING);
    assertThat(found.dy()).isCloseTo(-5, ROUNDING);
    SimilarityTransform back = given.inverse();
    assertThat(back.x(to[4], to[5])).isCloseTo(from[4], ROUNDING);
    assertThat(back.y(to[4], to[5])).isCloseTo(from[5], ROUNDING);
  }

  /** The error is quadratic in the four numbers, so a zero gradient shows the least one. */
  @Test
  void theSumOfSquaredDistancesIsTheLeast() {
    double[] from = {30.1, 51.2, 66.4, 50.9, 48.3, 72.5, 33.8, 92.1, 62.9, 91.7};
    double[] to = ALIGNMENT.template();
    SimilarityTransform found = SimilarityTransform.between(from, to);
    ToDoubleFunction<SimilarityTransform> error =
        transform -> {
          double sum = 0;
          for (int i = 0; i < from.length; i += 2) {
            sum +=
                Math.pow(transform.x(from[i], from[i + 1]) - to[i], 2)
                    + Math.pow(transform.y(from[i], from[i + 1]) - to[i + 1], 2);
          }
          return sum;
        };
    double step = 1e-4;
    for (double[] d :
        new double[][] {{step, 0, 0, 0}, {0, step, 0, 0}, {0, 0, 1, 0}, {0, 0, 0, 1}}) {
      double up = error.applyAsDouble(moved(found, d, 1));
      double down = error.applyAsDouble(moved(found, d, -1));
      assertThat(up - down).isCloseTo(0, within(1e-6));
      assertThat(up).isGreaterThan(error.applyAsDouble(found));
    }
  }

  private static SimilarityTransform moved(SimilarityTransform from, double[] by, int sign) {
    return new SimilarityTransform(
        from.a() + sign * by[0],
        from.b() + sign * by[1],
        from.dx() + sign * by[2],
        from.dy() + sign * by[3]);
  }

  @Test
  void thePointsOfTheTemplateLeaveTheImageAsItIs() {
    DecodedImage image = noise(112, 112);
    assertThat(ALIGNMENT.align(image, ALIGNMENT.template()).values()).isEqualTo(image.values());
  }

  @Test
  void aQuarterTurnAndAShiftMovePixels() {
    DecodedImage image = noise(20, 30);
    // (x, y) to (19 − y, x): turned to the right around the image's own pixels.
    SimilarityTransform turn = new SimilarityTransform(0, 1, 19, 0);
    byte[] turned = new FaceAlignment(32).warp(image, turn).values();
    for (int y = 0; y < 32; y++) {
      for (int x = 0; x < 32; x++) {
        for (int channel = 0; channel < 3; channel++) {
          boolean inside = x < 20 && y < 30;
          byte expected = inside ? image.values()[((19 - x) * 30 + y) * 3 + channel] : 0;
          assertThat(turned[(y * 32 + x) * 3 + channel]).isEqualTo(expected);
        }
      }
    }
    // Half a pixel to the right: means of neighbours, with black outside.
    byte[] half = new FaceAlignment(20).warp(image, new SimilarityTransform(1, 0, 0.5, 0)).values();
    assertThat(half[0] & 0xFF).isEqualTo(Math.round((image.values()[0] & 0xFF) / 2.0));
    assertThat(half[3] & 0xFF)
        .isEqualTo(Math.round(((image.values()[0] & 0xFF) + (image.values()[3] & 0xFF)) / 2.0));
  }

  @Test
  void aFolderIsAlignedAndContinued() throws IOException {
    Path images = directory.resolve("images");
    DecodedImage image = noise(112, 112);
    PngFiles.write(images.resolve("ann/1.png"), () -> FaceAlignment.picture(image));
    Files.writeString(images.resolve("ann/2.png"), "none");
    double[] points = ALIGNMENT.template();
    List<FaceLandmarks> faces =
        List.of(
            new FaceLandmarks("ann/1.png", points),
            new FaceLandmarks("ann/2.png", points),
            new FaceLandmarks("ann/3.png", points),
            new FaceLandmarks("../4.png", points));
    Path out = directory.resolve("out");
    AlignedFaces first = AlignedFaces.write(images, faces, ALIGNMENT, PIXELS, out, done -> {});
    assertThat(first.written()).isEqualTo(1);
    assertThat(first.skipped())
        .containsExactly(
            "ann/2.png: It is not an image that can be decoded.",
            "ann/3.png: there is no image " + images.resolve("ann/3.png") + ", with any extension.",
            "../4.png: its path leads out of the folder.");
    Path copy = out.resolve("ann/1.png");
    assertThat(ImageIO.read(copy.toFile()).getRGB(50, 60) & 0xFF)
        .isEqualTo(image.values()[(60 * 112 + 50) * 3 + 2] & 0xFF);
    assertThat(AlignedFaces.write(images, faces, ALIGNMENT, PIXELS, out, done -> {}).kept())
        .isEqualTo(1);
    assertThatThrownBy(
            () -> AlignedFaces.write(images, faces, new FaceAlignment(96), PIXELS, out, done -> {}))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("was begun with other settings");
  }

  @Test
  void readsPointsOfBothForms() throws IOException {
    Path file = directory.resolve("points.txt");
    Files.writeString(file, "path,x1,y1,x2,y2,x3,y3,x4,y4,x5,y5\na b.jpg,1,2,3,4,5,6,7,8,9,10.5\n");
    assertThat(FaceLandmarks.read(file).get(0).path()).isEqualTo("a b.jpg");
    Files.writeString(
        file,
        "2\nlefteye_x lefteye_y righteye_x righteye_y nose_x nose_y leftmouth_x leftmouth_y"
            + " rightmouth_x rightmouth_y\n1.jpg  69 109 106 113 77 142 73 152 108 154\n"
            + "2.jpg  69 110 107 112 81 135 70 151 108 153\n");
    List<FaceLandmarks> faces = FaceLandmarks.read(file);
    assertThat(faces).hasSize(2);
    assertThat(faces.get(1).points())
        .containsExactly(69, 110, 107, 112, 81, 135, 70, 151, 108, 153);
    refuses(
        file, "3\n1.jpg 1 2 3 4 5 6 7 8 9 10\n", "3 images, as its first line says, but got 1.");
    refuses(
        file, "1.jpg 1 2 3 4 5 6 7 8 9\n", "line 1: expected a path and the 10 numbers of five");
    refuses(file, "1.jpg 1 2 3 4 5 6 7 8 9 NaN\n", "line 1: expected a path and the 10 numbers");
    refuses(file, "a 1 2 3 4 5 6 7 8 9 0\n".repeat(2), "line 2: the image a is that of line 1.");
    refuses(file, "", "expected landmarks of images, but got 0.");
    assertThatThrownBy(() -> SimilarityTransform.between(new double[10], ALIGNMENT.template()))
        .hasMessageContaining("at different places");
  }

  private static void refuses(Path file, String text, String message) throws IOException {
    Files.writeString(file, text);
    assertThatThrownBy(() -> FaceLandmarks.read(file))
        .isInstanceOf(IOException.class)
        .hasMessageContaining(message);
  }

  private static DecodedImage noise(int height, int width) {
    byte[] values = new byte[height * width * 3];
    new Random(1).nextBytes(values);
    return new DecodedImage(height, width, 3, values);
  }
}
