package dev.recal.savedmodels;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.recal.ops.image.Images;
import dev.recal.savedmodels.tensor.TensorValue;
import dev.recal.savedmodels.tensor.Tensors;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.awt.image.IndexColorModel;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageWriteParam;
import javax.imageio.ImageWriter;
import javax.imageio.stream.ImageOutputStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
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

/** The file formats that a served model accepts or rejects. Java's codecs write them. */
class ServedFormatsTest {

  private static final int HEIGHT = 12;
  private static final int WIDTH = 20;
  private static final int[] KINDS = {
    BufferedImage.TYPE_INT_RGB,
    BufferedImage.TYPE_3BYTE_BGR,
    BufferedImage.TYPE_INT_ARGB,
    BufferedImage.TYPE_BYTE_GRAY,
    BufferedImage.TYPE_USHORT_GRAY,
    BufferedImage.TYPE_BYTE_INDEXED,
    BufferedImage.TYPE_BYTE_BINARY
  };

  private static Graph graph;
  private static Session session;
  private static Placeholder<TString> bytes;
  private static Operand<TFloat32> images;

  @BeforeAll
  static void build() {
    graph = new Graph();
    Ops tf = Ops.create(graph);
    bytes = tf.placeholder(TString.class, Placeholder.shape(Shape.of(-1)));
    images =
        Images.decodeBatch(
            tf, bytes, HEIGHT, WIDTH, (ops, image) -> Images.resize(ops, image, HEIGHT, WIDTH));
    session = new Session(graph);
  }

  @AfterAll
  static void close() {
    session.close();
    graph.close();
  }

  @ParameterizedTest
  @ValueSource(strings = {"png", "gif", "bmp", "jpg"})
  void pixelsMatchJavaImageReader(String format) throws IOException {
    int written = 0;
    for (int kind : KINDS) {
      byte[] file = write(picture(kind), format);
      boolean shallow = format.equals("bmp") && file.length > 28 && file[28] < 8;
      if (file.length == 0 || shallow) {
        continue;
      }
      written++;
      int tolerance = format.equals("jpg") ? 3 : kind == BufferedImage.TYPE_USHORT_GRAY ? 1 : 0;
      assertPixels(file, tolerance, format + " of kind " + kind);
    }
    assertThat(written).isGreaterThanOrEqualTo(3);
  }

  @Test
  void oneBatchHoldsAllFormatsAndSizes() throws IOException {
    BufferedImage large = new BufferedImage(333, 77, BufferedImage.TYPE_INT_RGB);
    Graphics2D pen = large.createGraphics();
    pen.setColor(new Color(200, 100, 50));
    pen.fillRect(0, 0, 333, 77);
    pen.dispose();
    List<byte[]> files = new ArrayList<>();
    for (String format : List.of("png", "bmp", "gif", "jpg")) {
      files.add(write(picture(BufferedImage.TYPE_INT_RGB), format));
      files.add(write(large, format));
    }
    TensorValue together = decode(files);
    assertThat(together.shape().asArray()).containsExactly(8, HEIGHT, WIDTH, 3);
    for (int i = 0; i < files.size(); i++) {
      assertThat(together.rows(i, i + 1)).isEqualTo(decode(List.of(files.get(i))));
    }
  }

  @Test
  void noFilesGiveNoImages() {
    assertThat(decode(List.of()).shape().asArray()).containsExactly(0, HEIGHT, WIDTH, 3);
  }

  @Test
  void theFirstFrameOfAnAnimationCounts() throws IOException {
    byte[] file = animation(Color.RED, Color.BLUE, Color.GREEN);
    float[] pixels = decode(List.of(file)).floats();
    assertThat(Arrays.copyOf(pixels, 3)).containsExactly(1f, 0f, 0f);
    assertThat(Arrays.copyOfRange(pixels, pixels.length - 3, pixels.length))
        .containsExactly(1f, 0f, 0f);
  }

  @Test
  void progressiveJpegIsDecoded() throws IOException {
    BufferedImage image = picture(BufferedImage.TYPE_INT_RGB);
    ImageWriter writer = ImageIO.getImageWritersByFormatName("jpg").next();
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (ImageOutputStream stream = ImageIO.createImageOutputStream(out)) {
      writer.setOutput(stream);
      ImageWriteParam settings = writer.getDefaultWriteParam();
      settings.setProgressiveMode(ImageWriteParam.MODE_DEFAULT);
      writer.write(null, new IIOImage(image, null, null), settings);
    } finally {
      writer.dispose();
    }
    assertPixels(out.toByteArray(), 3, "progressive");
  }

  @Test
  void palettesOfFewColoursAreLookedUp() throws IOException {
    // Java writes up to 16 colours with 4 bits.
    byte[] reds = new byte[20];
    byte[] greens = new byte[20];
    byte[] blues = new byte[20];
    for (int i = 0; i < 20; i++) {
      reds[i] = (byte) (12 * i);
      greens[i] = (byte) (255 - i);
      blues[i] = (byte) (i * i % 7);
    }
    BufferedImage image =
        new BufferedImage(
            5, 4, BufferedImage.TYPE_BYTE_INDEXED, new IndexColorModel(8, 20, reds, greens, blues));
    for (int i = 0; i < 20; i++) {
      image.getRaster().setSample(i % 5, i / 5, 0, i);
    }
    assertPixels(write(image, "bmp"), 0, "palette");
  }

  @Test
  void rejectsUnreadableFiles() throws IOException {
    byte[] bmp = write(picture(BufferedImage.TYPE_INT_RGB), "bmp");
    assertRefused(new byte[0]);
    assertRefused("BM".getBytes(StandardCharsets.US_ASCII));
    assertRefused("GIF".getBytes(StandardCharsets.US_ASCII));
    assertRefused("no image, but long enough to be one".getBytes(StandardCharsets.US_ASCII));
    assertRefused(write(picture(BufferedImage.TYPE_BYTE_BINARY), "bmp"));
    assertRefused(write(picture(BufferedImage.TYPE_INT_RGB), "tiff"));
    for (String format : List.of("png", "jpg", "gif", "bmp")) {
      byte[] whole = write(picture(BufferedImage.TYPE_INT_RGB), format);
      assertRefused(Arrays.copyOf(whole, whole.length / 2));
    }
    assertRefused(changed(bmp, 30, 1));
    assertRefused(changed(bmp, 28, 16));
    assertRefused(changed(bmp, 14, 12));
    assertRefused(changed(bmp, 18, Integer.MAX_VALUE));
    assertRefused(changed(bmp, 22, Integer.MIN_VALUE));
  }

  private static byte[] changed(byte[] file, int position, int value) {
    byte[] copy = file.clone();
    ByteBuffer header = ByteBuffer.wrap(copy).order(ByteOrder.LITTLE_ENDIAN);
    if (position == 28) {
      header.putShort(position, (short) value);
    } else {
      header.putInt(position, value);
    }
    return copy;
  }

  private static void assertRefused(byte[] file) {
    assertThatThrownBy(() -> decode(List.of(file))).isInstanceOf(RuntimeException.class);
  }

  private static void assertPixels(byte[] file, int tolerance, String name) throws IOException {
    BufferedImage expected = ImageIO.read(new ByteArrayInputStream(file));
    boolean deep = expected.getType() == BufferedImage.TYPE_USHORT_GRAY;
    boolean grey = deep || expected.getType() == BufferedImage.TYPE_BYTE_GRAY;
    int height = expected.getHeight();
    int width = expected.getWidth();
    float[] pixels = decodeAtOwnSize(file, height, width);
    int worst = 0;
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        for (int channel = 0; channel < 3; channel++) {
          // Java's colour conversion of grey is not the identity; its samples are.
          int sample =
              grey
                  ? expected.getRaster().getSample(x, y, 0) >> (deep ? 8 : 0)
                  : expected.getRGB(x, y) >> (16 - 8 * channel) & 0xff;
          int found = Math.round(255 * pixels[(y * width + x) * 3 + channel]);
          worst = Math.max(worst, Math.abs(sample - found));
        }
      }
    }
    assertThat(worst).as(name).isLessThanOrEqualTo(tolerance);
  }

  private static float[] decodeAtOwnSize(byte[] file, int height, int width) {
    try (Graph own = new Graph();
        Session ownSession = new Session(own);
        Tensor input = Tensors.toTensor(TensorValue.ofBytes(List.of(file)))) {
      Ops tf = Ops.create(own);
      Placeholder<TString> files = tf.placeholder(TString.class, Placeholder.shape(Shape.of(-1)));
      Operand<TFloat32> decoded =
          Images.decodeBatch(
              tf, files, height, width, (ops, image) -> Images.resize(ops, image, height, width));
      try (Result result = ownSession.runner().feed(files, input).fetch(decoded).run()) {
        return Tensors.toValue(result.get(0)).floats();
      }
    }
  }

  private static TensorValue decode(List<byte[]> files) {
    try (Tensor input = Tensors.toTensor(TensorValue.ofBytes(files));
        Result result = session.runner().feed(bytes, input).fetch(images).run()) {
      return Tensors.toValue(result.get(0));
    }
  }

  // Smooth, so that JPEG keeps it; its right half is half transparent if the format supports it.
  private static BufferedImage picture(int kind) {
    BufferedImage image = new BufferedImage(WIDTH, HEIGHT, kind);
    for (int y = 0; y < HEIGHT; y++) {
      for (int x = 0; x < WIDTH; x++) {
        int alpha = kind == BufferedImage.TYPE_INT_ARGB && x > WIDTH / 2 ? 0x80 : 0xff;
        int grey = 60 + 5 * x + 4 * y;
        image.setRGB(x, y, alpha << 24 | grey << 16 | (grey - 20) << 8 | (grey + 10));
      }
    }
    return image;
  }

  /** Returns no bytes where Java does not write such an image in that format. */
  private static byte[] write(BufferedImage image, String format) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    boolean written = ImageIO.write(image, format, out);
    return written ? out.toByteArray() : new byte[0];
  }

  private static byte[] animation(Color... frames) throws IOException {
    ImageWriter writer = ImageIO.getImageWritersByFormatName("gif").next();
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (ImageOutputStream stream = ImageIO.createImageOutputStream(out)) {
      writer.setOutput(stream);
      writer.prepareWriteSequence(null);
      for (Color color : frames) {
        BufferedImage frame = new BufferedImage(WIDTH, HEIGHT, BufferedImage.TYPE_INT_RGB);
        Graphics2D pen = frame.createGraphics();
        pen.setColor(color);
        pen.fillRect(0, 0, WIDTH, HEIGHT);
        pen.dispose();
        writer.writeToSequence(new IIOImage(frame, null, null), writer.getDefaultWriteParam());
      }
      writer.endWriteSequence();
    } finally {
      writer.dispose();
    }
    return out.toByteArray();
  }
}
