package dev.recal.ops.image;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.tensorflow.proto.BytesList;
import org.tensorflow.proto.Example;
import org.tensorflow.proto.Feature;
import org.tensorflow.proto.Features;

class ImageExtentsTest {

  private static byte[] image(String format, int width, int height) throws IOException {
    BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    assertThat(ImageIO.write(image, format, bytes)).isTrue();
    return bytes.toByteArray();
  }

  private static Optional<ImageExtent> of(byte[] file) {
    return ImageExtents.of(ByteBuffer.wrap(file));
  }

  private static byte[] bytes(int... values) {
    byte[] bytes = new byte[values.length];
    for (int i = 0; i < values.length; i++) {
      bytes[i] = (byte) values[i];
    }
    return bytes;
  }

  private static byte[] join(byte[]... parts) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      all.writeBytes(part);
    }
    return all.toByteArray();
  }

  @ParameterizedTest
  @ValueSource(strings = {"jpeg", "png", "gif", "bmp"})
  void readsSizeOfEveryFormat(String format) throws IOException {
    byte[] file = image(format, 300, 20);
    assertThat(of(file)).contains(new ImageExtent(20, 300, 1, 6000));
    assertThat(of(file).orElseThrow().text()).isEqualTo("300×20 pixels");
  }

  @ParameterizedTest
  @ValueSource(strings = {"jpeg", "png", "gif"})
  void truncatedFileCountsItsFullAllocation(String format) throws IOException {
    byte[] file = image(format, 300, 200);
    assertThat(of(Arrays.copyOf(file, file.length - 5)).orElseThrow().pixels()).isEqualTo(60_000);
  }

  @Test
  void tinyPngCanClaimGigabytes() {
    byte[] header = ByteBuffer.allocate(8).putInt(60_000).putInt(50_000).array();
    byte[] png =
        join(
            bytes(0x89, 'P', 'N', 'G', 13, 10, 26, 10, 0, 0, 0, 13, 'I', 'H', 'D', 'R'),
            header,
            new byte[9]);
    assertThat(of(png)).contains(new ImageExtent(50_000, 60_000, 1, 3_000_000_000L));
    byte[] trailing =
        join(
            Arrays.copyOf(png, 8),
            bytes(0, 0, 0, 2, 'u', 'n', 'K', 'n', 1, 2, 0, 0, 0, 0),
            Arrays.copyOfRange(png, 8, png.length));
    assertThat(of(trailing).orElseThrow().width()).isEqualTo(60_000);
  }

  @Test
  void findsJpegMarkersAfterSkippedBytes() {
    byte[] frame = bytes(0xFF, 0xC2, 0, 11, 8, 0x10, 0, 0x20, 0, 1, 1, 0x11, 0);
    byte[] file = join(bytes(0xFF, 0xD8, 0xFF, 0xFF, 0xE0, 0, 4, 1, 2, 7, 7, 7), frame);
    assertThat(of(file)).contains(new ImageExtent(0x1000, 0x2000, 1, 0x2000000));
  }

  @Test
  void progressiveFileCountsItsScans() {
    byte[] frame = bytes(0xFF, 0xC2, 0, 11, 8, 1, 0, 1, 0, 1, 1, 0x11, 0);
    byte[] scan = bytes(0xFF, 0xDA, 0, 8, 1, 1, 0, 0, 63, 0, 0x12, 0xFF, 0, 0x34);
    List<byte[]> parts = new ArrayList<>(List.of(bytes(0xFF, 0xD8), frame));
    for (int i = 0; i < 1600; i++) {
      parts.add(scan);
    }
    ImageExtent extent = of(join(parts.toArray(byte[][]::new))).orElseThrow();
    assertThat(extent.pixels()).isEqualTo(100L << 16);
    assertThat(extent.text()).contains("very many scans");
  }

  @Test
  void allFramesOfAGifCount() {
    ByteBuffer screen = ByteBuffer.allocate(13).order(ByteOrder.LITTLE_ENDIAN);
    screen
        .put("GIF89a".getBytes(StandardCharsets.US_ASCII))
        .putShort((short) 1)
        .putShort((short) 1);
    byte[] extension = bytes(0x21, 0xFE, 2, 'h', 'i', 0);
    byte[] small = bytes(0x2C, 0, 0, 0, 0, 1, 0, 1, 0, 0, 2, 2, 0x4C, 1, 0);
    byte[] large = bytes(0x2C, 0, 0, 0, 0, 0, 16, 0, 8, 0x80, 1, 2, 3, 4, 5, 6, 2, 1, 0, 0);
    byte[] file = join(screen.array(), extension, small, large, small, bytes(0x3B), large);
    ImageExtent extent = of(file).orElseThrow();
    assertThat(extent).isEqualTo(new ImageExtent(2048, 4096, 3, 3L * 2048 * 4096));
    assertThat(extent.text()).isEqualTo("4096×2048 pixels in 3 frames");
  }

  /** 6×4 pixels, as they are and within a canvas with EXIF data. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "UklGRi4AAABXRUJQVlA4TCIAAAAvBcAAALmM6H/sChHR/4BCthGgAzt/sR9hUI4sHhMAsNID",
        "UklGRmIAAABXRUJQVlA4WAoAAAAIAAAABQAAAwAAVlA4TCIAAAAvBcAAALmM6H/sChHR/4BCthGgAzt/sR9hUI4s"
            + "HhMAsNIDRVhJRhoAAABNTQAqAAAACAABARIAAwAAAAEABgAAAAAAAA=="
      })
  void webpFilesTellTheirSize(String base64) {
    byte[] file = Base64.getDecoder().decode(base64);
    assertThat(of(file)).contains(new ImageExtent(4, 6, 1, 24));
    assertThat(of(Arrays.copyOf(file, 20))).isEmpty();
  }

  @Test
  void aWebpFileCountsWithTheLargestOfItsSizes() {
    byte[] canvas = join(bytes('V', 'P', '8', 'X', 10, 0, 0, 0, 0, 0, 0, 0, 5, 0, 0, 3, 0, 0));
    byte[] frame = bytes('V', 'P', '8', ' ', 10, 0, 0, 0, 0, 0, 0, 0x9D, 1, 0x2A, 0, 0x20, 0, 0x10);
    byte[] file = join(bytes('R', 'I', 'F', 'F', 60, 0, 0, 0, 'W', 'E', 'B', 'P'), canvas, frame);
    assertThat(of(file)).contains(new ImageExtent(0x1000, 0x2000, 1, 0x2000000));
  }

  @Test
  void tiffFilesTellTheirSize() throws IOException {
    assertThat(of(image("tiff", 300, 20))).contains(new ImageExtent(20, 300, 1, 6000));
    for (ByteOrder order : List.of(ByteOrder.LITTLE_ENDIAN, ByteOrder.BIG_ENDIAN)) {
      int magic = order == ByteOrder.LITTLE_ENDIAN ? 0x49492A00 : 0x4D4D002A;
      ByteBuffer file = ByteBuffer.allocate(80).putInt(magic).order(order).putInt(8);
      file.putShort((short) 4);
      entry(file, 256, 4, 70_000);
      entry(file, 257, 3, order == ByteOrder.BIG_ENDIAN ? 10 << 16 : 10);
      entry(file, 277, 4, 9);
      entry(file, 323, 4, 1000);
      assertThat(of(file.array())).contains(new ImageExtent(1000, 70_000, 1, 3L * 70_000_000));
    }
    assertThat(of(bytes('I', 'I', '*', 0, 0xFF, 0xFF, 0xFF, 0xFF))).isEmpty();
  }

  private static void entry(ByteBuffer file, int tag, int type, int value) {
    file.putShort((short) tag).putShort((short) type).putInt(1).putInt(value);
  }

  @Test
  void textIsNotAnImage() {
    for (String text :
        List.of("", "B", "BMW is a car, and the text goes on for a while.", "GIF8")) {
      assertThat(of(text.getBytes(StandardCharsets.UTF_8))).isEmpty();
    }
  }

  private static List<Long> found(byte[] string) {
    List<Long> pixels = new ArrayList<>();
    ContainedImages.forEach(string, image -> pixels.add(image.pixels()));
    return pixels;
  }

  /** TensorFlow skips the unknown field, in which this looks for an image first. */
  @Test
  void anExampleThatBeginsLikeASmallImageHidesNone() throws IOException {
    byte[] example = example(ByteString.copyFrom(image("png", 30, 10)));
    byte[] bmp = Arrays.copyOf(image("bmp", 5, 4), 'M' + 2);
    assertThat(found(join(bmp, example))).containsExactly(20L, 300L);
    byte[] tiff = new byte[9];
    System.arraycopy(bytes('I', 'I', '*', 0, 9, 0, 0, 0), 0, tiff, 0, 8);
    assertThat(found(join(tiff, example))).contains(300L);
  }

  private static byte[] example(ByteString... files) {
    Feature feature =
        Feature.newBuilder()
            .setBytesList(BytesList.newBuilder().addAllValue(List.of(files)))
            .build();
    return Example.newBuilder()
        .setFeatures(Features.newBuilder().putFeature("image/encoded", feature))
        .build()
        .toByteArray();
  }

  @Test
  void imagesInExamplesAreFound() throws IOException {
    ByteString png = ByteString.copyFrom(image("png", 30, 10));
    byte[] example = example(png, png);
    assertThat(found(png.toByteArray())).containsExactly(300L);
    assertThat(found(example)).containsExactly(300L, 300L);
    // A varint, a group and a key that is not UTF-8, which other parsers skip.
    byte[] hidden = join(bytes(0x10, 0x96, 1, 0x1B, 0x08, 1, 0x1C), example);
    int key = new String(hidden, StandardCharsets.ISO_8859_1).indexOf("image/encoded");
    hidden[key] = (byte) 0xC0;
    assertThat(found(hidden)).containsExactly(300L, 300L);
    assertThat(found(Arrays.copyOf(example, 40))).isEmpty();
    assertThat(
            found("a sentence that is longer than twenty bytes".getBytes(StandardCharsets.UTF_8)))
        .isEmpty();
  }
}
