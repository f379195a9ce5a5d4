package dev.recal.savedmodels;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.recal.ops.image.Images;
import dev.recal.savedmodels.tensor.TensorValue;
import dev.recal.savedmodels.tensor.Tensors;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.OptionalInt;
import java.util.function.IntBinaryOperator;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.Tensor;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TString;
import org.tensorflow.types.TUint8;

class ServedImagesTest {

  private static final int RED = 0xff0000;

  /** The image size that a test requests. */
  private record ImageRequest(int height, int width, OptionalInt shorterSide) {
    static ImageRequest centre(int size, int shorterSide) {
      return new ImageRequest(size, size, OptionalInt.of(shorterSide));
    }

    static ImageRequest whole(int height, int width) {
      return new ImageRequest(height, width, OptionalInt.empty());
    }

    Operand<TFloat32> decode(Ops tf, Operand<TString> bytes) {
      return Images.decodeBatch(tf, bytes, height, width, this::resize);
    }

    private Operand<TUint8> resize(Ops tf, Operand<TUint8> image) {
      return shorterSide.isEmpty()
          ? Images.resize(tf, image, height, width)
          : Images.resizeShorterSideAndCrop(tf, image, shorterSide.getAsInt(), height, width);
    }
  }

  @Test
  void imageOfTheRequestedSizeIsUnchanged() throws IOException {
    byte[] png = png(BufferedImage.TYPE_INT_RGB, 4, 4, (x, y) -> (10 * x) << 16 | (20 * y) << 8);
    float[] pixels = decode(ImageRequest.centre(4, 4), png).floats();
    for (int y = 0; y < 4; y++) {
      for (int x = 0; x < 4; x++) {
        int at = (y * 4 + x) * 3;
        assertThat(pixels[at]).isCloseTo(10 * x / 255f, within(1e-6f));
        assertThat(pixels[at + 1]).isCloseTo(20 * y / 255f, within(1e-6f));
        assertThat(pixels[at + 2]).isZero();
      }
    }
  }

  @Test
  void cropsTheCentre() throws IOException {
    // Columns 4 to 11 of 16 are red; the shorter side of 8 stays as it is.
    byte[] wide = png(BufferedImage.TYPE_INT_RGB, 16, 8, (x, y) -> x >= 4 && x < 12 ? RED : 0);
    byte[] high = png(BufferedImage.TYPE_INT_RGB, 8, 16, (x, y) -> y >= 4 && y < 12 ? RED : 0);
    byte[] framed =
        png(
            BufferedImage.TYPE_INT_RGB,
            12,
            12,
            (x, y) -> x >= 2 && x < 10 && y >= 2 && y < 10 ? RED : 0);
    assertRed(decode(ImageRequest.centre(8, 8), wide, high));
    assertRed(decode(ImageRequest.centre(8, 12), framed));
  }

  @Test
  void shrunkRampStaysLinear() throws IOException {
    byte[] ramp = png(BufferedImage.TYPE_INT_RGB, 64, 64, (x, y) -> 4 * x);
    float[] small = decode(ImageRequest.centre(8, 16), ramp).floats();
    for (int x = 0; x < 8; x++) {
      // The middle of result pixel x lies at 16 + 4 (x + ½) of the ramp's own pixels.
      float expected = 4 * (16 + 4 * (x + 0.5f) - 0.5f) / 255f;
      assertThat(small[3 * x + 2]).isCloseTo(expected, within(0.6f / 255));
    }
  }

  @Test
  void antialiasingAveragesWhenShrinking() throws IOException {
    byte[] stripes = png(BufferedImage.TYPE_INT_RGB, 64, 64, (x, y) -> x % 2 == 0 ? 0xffffff : 0);
    for (float value : decode(ImageRequest.centre(4, 8), stripes).floats()) {
      assertThat(value).isCloseTo(0.5f, within(0.02f));
    }
  }

  @Test
  void convertsGreyAlphaAndCmykToRgb() throws IOException {
    byte[] transparent = png(BufferedImage.TYPE_INT_ARGB, 5, 4, (x, y) -> 0x40ff0000);
    byte[] grey = png(BufferedImage.TYPE_BYTE_GRAY, 5, 4, (x, y) -> 0xffffff);
    ImageRequest settings = ImageRequest.centre(4, 4);
    assertRed(decode(settings, transparent));
    assertThat(decode(settings, grey).floats()).containsOnly(1f);
    float[] print = decode(settings, resource("cmyk-red.jpg")).floats();
    for (int i = 0; i < print.length; i += 3) {
      assertThat(print[i]).isGreaterThan(0.95f);
      assertThat(print[i + 1]).isLessThan(0.05f);
      assertThat(print[i + 2]).isLessThan(0.05f);
    }
  }

  @Test
  void extremeAspectRatiosCostNoMore() throws IOException {
    byte[] dot = png(BufferedImage.TYPE_INT_RGB, 1, 1, (x, y) -> RED);
    byte[] line = png(BufferedImage.TYPE_INT_RGB, 5000, 1, (x, y) -> RED);
    TensorValue images = decode(ImageRequest.centre(224, 256), dot, line);
    assertThat(images.shape().asArray()).containsExactly(2, 224, 224, 3);
    assertRed(images);
  }

  @Test
  void exactResizeIgnoresTheAspectRatio() throws IOException {
    byte[] halves = png(BufferedImage.TYPE_INT_RGB, 60, 20, (x, y) -> x < 30 ? RED : 0xff);
    TensorValue image = decode(ImageRequest.whole(4, 6), halves);
    assertThat(image.shape().asArray()).containsExactly(1, 4, 6, 3);
    float[] pixels = image.floats();
    assertThat(pixels[0]).isEqualTo(1f);
    assertThat(pixels[3 * 5]).isZero();
    assertThat(pixels[3 * 5 + 2]).isEqualTo(1f);
  }

  @Test
  void oneGraphMayDecodeTwice() throws IOException {
    try (Graph graph = new Graph();
        Session session = new Session(graph);
        Tensor input =
            Tensors.toTensor(
                TensorValue.ofBytes(
                    List.of(png(BufferedImage.TYPE_INT_RGB, 9, 9, (x, y) -> RED))))) {
      Ops tf = Ops.create(graph);
      Placeholder<TString> bytes = tf.placeholder(TString.class, Placeholder.shape(Shape.of(-1)));
      Operand<TFloat32> small = ImageRequest.whole(4, 4).decode(tf, bytes);
      Operand<TFloat32> big = ImageRequest.centre(8, 12).decode(tf, bytes);
      try (Result result = session.runner().feed(bytes, input).fetch(small).fetch(big).run()) {
        assertThat(result.get(0).shape().asArray()).containsExactly(1, 4, 4, 3);
        assertThat(result.get(1).shape().asArray()).containsExactly(1, 8, 8, 3);
        assertRed(Tensors.toValue(result.get(1)));
      }
    }
  }

  private static TensorValue decode(ImageRequest settings, byte[]... files) {
    try (Graph graph = new Graph();
        Session session = new Session(graph);
        Tensor input = Tensors.toTensor(TensorValue.ofBytes(List.of(files)))) {
      Ops tf = Ops.create(graph);
      Placeholder<TString> bytes = tf.placeholder(TString.class, Placeholder.shape(Shape.of(-1)));
      Operand<TFloat32> images = settings.decode(tf, bytes);
      assertThat(images.shape().asArray())
          .containsExactly(-1, settings.height(), settings.width(), 3);
      try (Result result = session.runner().feed(bytes, input).fetch(images).run()) {
        return Tensors.toValue(result.get(0));
      }
    }
  }

  private static void assertRed(TensorValue images) {
    float[] values = images.floats();
    float worst = 0f;
    for (int i = 0; i < values.length; i++) {
      worst = Math.max(worst, Math.abs(values[i] - (i % 3 == 0 ? 1f : 0f)));
    }
    assertThat(worst).isLessThan(1e-5f);
  }

  private static byte[] png(int type, int width, int height, IntBinaryOperator color)
      throws IOException {
    BufferedImage image = new BufferedImage(width, height, type);
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        int opaque = type == BufferedImage.TYPE_INT_ARGB ? 0 : 0xff000000;
        image.setRGB(x, y, color.applyAsInt(x, y) | opaque);
      }
    }
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    ImageIO.write(image, "png", bytes);
    return bytes.toByteArray();
  }

  private static byte[] resource(String name) throws IOException {
    try (InputStream stream =
        ServedImagesTest.class.getResourceAsStream("/dev/recal/savedmodels/" + name)) {
      return stream.readAllBytes();
    }
  }
}
