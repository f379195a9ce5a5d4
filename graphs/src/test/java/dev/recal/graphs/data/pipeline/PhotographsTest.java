package dev.recal.graphs.data.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.recal.graphs.data.DataSet;
import dev.recal.graphs.data.DataSets;
import dev.recal.graphs.data.OpenSettings;
import dev.recal.graphs.data.SampleImage;
import dev.recal.graphs.data.SkippedItem;
import dev.recal.graphs.data.TestImages;
import dev.recal.graphs.data.items.ByteWindow;
import dev.recal.graphs.data.items.ImageHeader;
import dev.recal.graphs.data.items.ServableImage;
import dev.recal.graphs.data.shards.RecordConversion;
import dev.recal.graphs.data.shards.RecordShards;
import dev.recal.graphs.data.source.ImageArchive;
import dev.recal.graphs.data.source.ImageFolder;
import dev.recal.graphs.data.targets.NoTargets;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Photographs from phones: with EXIF orientation, WebP, TIFF and HEIC. */
class PhotographsTest {
  private static final int HEIGHT = 12;
  private static final int WIDTH = 20;

  /** 4 rows of 6 pixels, red 40·x, green 60·y, blue 200 − 30·x, lossless. */
  private static final byte[] WEBP =
      Base64.getDecoder()
          .decode("UklGRi4AAABXRUJQVlA4TCIAAAAvBcAAALmM6H/sChHR/4BCthGgAzt/sR9hUI4sHhMAsNID");

  /** The same, rotated by 90° clockwise. */
  private static final byte[] TURNED_WEBP =
      Base64.getDecoder()
          .decode(
              "UklGRmIAAABXRUJQVlA4WAoAAAAIAAAABQAAAwAAVlA4TCIAAAAvBcAAALmM6H/sChHR/4BCthGgAzt/sR9hUI4s"
                  + "HhMAsNIDRVhJRhoAAABNTQAqAAAACAABARIAAwAAAAEABgAAAAAAAA==");

  @TempDir Path folder;

  /** The pixel of the stored image at a position of the upright one. */
  private static int stored(int orientation, int y, int x) {
    int last = HEIGHT - 1;
    int right = WIDTH - 1;
    int[] place =
        switch (orientation) {
          case 1 -> new int[] {y, x};
          case 2 -> new int[] {y, right - x};
          case 3 -> new int[] {last - y, right - x};
          case 4 -> new int[] {last - y, x};
          case 5 -> new int[] {x, y};
          case 6 -> new int[] {last - x, y};
          case 7 -> new int[] {last - x, right - y};
          case 8 -> new int[] {x, right - y};
          default -> throw new IllegalArgumentException("orientation " + orientation);
        };
    return place[0] * WIDTH + place[1];
  }

  private static float[] upright(float[] pixels, int orientation) {
    int height = orientation < 5 ? HEIGHT : WIDTH;
    int width = orientation < 5 ? WIDTH : HEIGHT;
    float[] upright = new float[pixels.length];
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        System.arraycopy(pixels, 3 * stored(orientation, y, x), upright, 3 * (y * width + x), 3);
      }
    }
    return upright;
  }

  private static float[] pixels(byte[] file, int height, int width, long memory)
      throws IOException {
    PipelineSettings settings =
        PipelineSettings.evaluation(1, height, width, Augmentation.none())
            .withMemoryLimitBytes(memory);
    try (DataSet data =
            DataSets.of(
                "photograph",
                List.of(SampleImage.encoded(file)),
                new NoTargets(1),
                OpenSettings.defaults().withMemoryLimitBytes(memory));
        PipelineOutputs fetching =
            new PipelineOutputs(data, settings, input -> List.of(input.images()))) {
      assertThat(data.images().height(0)).isEqualTo(height);
      assertThat(data.images().width(0)).isEqualTo(width);
      return (float[]) fetching.first(0).get(0);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7, 8})
  void everyOrientationIsTurnedUpright(int orientation) throws IOException {
    byte[] plain = TestImages.jpeg(HEIGHT, WIDTH, 3);
    float[] expected = upright(pixels(plain, HEIGHT, WIDTH, 0), orientation);
    int height = orientation < 5 ? HEIGHT : WIDTH;
    int width = orientation < 5 ? WIDTH : HEIGHT;
    byte[] turned = TestImages.withOrientation(plain, orientation);
    assertThat(pixels(turned, height, width, 0)).isEqualTo(expected);
    assertThat(pixels(turned, height, width, 1 << 20)).isEqualTo(expected);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 3, 6, 7})
  void servedGraphGetsUprightPixels(int orientation) throws Exception {
    byte[] plain = TestImages.jpeg(HEIGHT, WIDTH, 3);
    byte[] turned = TestImages.withOrientation(plain, orientation);
    int height = orientation < 5 ? HEIGHT : WIDTH;
    int width = orientation < 5 ? WIDTH : HEIGHT;
    byte[] servable = ServableImage.of(turned);
    if (orientation == 1) {
      assertThat(servable).isSameAs(turned);
    }
    assertThat(ImageHeader.read(ByteWindow.of(servable)).isUpright()).isTrue();
    assertThat(pixels(servable, height, width, 0)).isEqualTo(pixels(turned, height, width, 0));
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 3, 4, 5, 6, 7, 8})
  void randomCropsAreTakenFromTheUprightImage(int orientation) throws IOException {
    byte[] plain = TestImages.jpeg(64, 96, 5);
    byte[] turned = TestImages.withOrientation(plain, orientation);
    byte[] png = turnedByHand(plain, orientation);
    PipelineSettings settings =
        PipelineSettings.training(4, 16, 16, Augmentation.randomResizedCrop(), 9)
            .withMemoryLimitBytes(0);
    List<float[]> batches = new ArrayList<>();
    for (byte[] file : List.of(turned, png)) {
      List<SampleImage> images =
          List.of(
              SampleImage.encoded(file),
              SampleImage.encoded(file),
              SampleImage.encoded(file),
              SampleImage.encoded(file));
      try (DataSet data = DataSets.of("photographs", images, new NoTargets(4));
          PipelineOutputs fetching =
              new PipelineOutputs(data, settings, input -> List.of(input.images()))) {
        batches.add((float[]) fetching.first(0).get(0));
      }
    }
    // Chroma is interpolated across the edges of a crop only when the whole image is decoded.
    double difference = 0;
    for (int i = 0; i < batches.get(0).length; i++) {
      difference += Math.abs(batches.get(0)[i] - batches.get(1)[i]) / batches.get(0).length;
    }
    assertThat(difference).isCloseTo(0, within(0.01));
  }

  private static byte[] turnedByHand(byte[] jpeg, int orientation) throws IOException {
    BufferedImage stored = ImageIO.read(new ByteArrayInputStream(jpeg));
    int last = stored.getHeight() - 1;
    int right = stored.getWidth() - 1;
    boolean sideways = orientation >= 5;
    BufferedImage upright =
        new BufferedImage(
            sideways ? last + 1 : right + 1, sideways ? right + 1 : last + 1, stored.getType());
    for (int y = 0; y < upright.getHeight(); y++) {
      for (int x = 0; x < upright.getWidth(); x++) {
        int row = sideways ? x : y;
        int column = sideways ? y : x;
        boolean up = List.of(3, 4, 6, 7).contains(orientation);
        boolean left = List.of(2, 3, 7, 8).contains(orientation);
        upright.setRGB(x, y, stored.getRGB(left ? right - column : column, up ? last - row : row));
      }
    }
    return TestImages.encode(upright, "png");
  }

  @Test
  void damagedExifDataCountsAsUpright() throws Exception {
    byte[] jpeg = TestImages.withOrientation(TestImages.jpeg(HEIGHT, WIDTH, 3), 6);
    for (int i = 4; i < 40; i++) {
      for (int value : new int[] {0, 0x7F, 0xFF}) {
        byte[] damaged = jpeg.clone();
        damaged[i] = (byte) value;
        try {
          ImageHeader header = ImageHeader.read(ByteWindow.of(damaged));
          assertThat(header.orientation()).isBetween(1, 8);
        } catch (ImageHeader.UnusableImageException refused) {
          assertThat(refused.getMessage()).isNotBlank();
        }
      }
    }
  }

  private static void requireWebp(byte[] png, boolean turned) throws IOException {
    BufferedImage image = ImageIO.read(new ByteArrayInputStream(png));
    assertThat(image.getHeight()).isEqualTo(turned ? 6 : 4);
    assertThat(image.getWidth()).isEqualTo(turned ? 4 : 6);
    for (int y = 0; y < 4; y++) {
      for (int x = 0; x < 6; x++) {
        int rgb = 40 * x << 16 | 60 * y << 8 | 200 - 30 * x;
        int found = turned ? image.getRGB(3 - y, x) : image.getRGB(x, y);
        assertThat(found & 0xFFFFFF).isEqualTo(rgb);
      }
    }
  }

  @Test
  void webpAndTiffBecomeUprightPngFiles() throws Exception {
    requireWebp(ServableImage.of(WEBP), false);
    requireWebp(ServableImage.of(TURNED_WEBP), true);
    BufferedImage drawn = TestImages.image(9, 13, 4);
    byte[] png = ServableImage.of(TestImages.encode(drawn, "tiff"));
    BufferedImage read = ImageIO.read(new ByteArrayInputStream(png));
    for (int y = 0; y < 9; y++) {
      for (int x = 0; x < 13; x++) {
        assertThat(read.getRGB(x, y)).isEqualTo(drawn.getRGB(x, y));
      }
    }
    BufferedImage grey = new BufferedImage(3, 2, BufferedImage.TYPE_USHORT_GRAY);
    grey.getRaster().setSample(1, 1, 0, 0x8000);
    byte[] greyPng = ServableImage.of(TestImages.encode(grey, "tiff"));
    assertThat(ImageIO.read(new ByteArrayInputStream(greyPng)).getRGB(1, 1)).isEqualTo(0xFF808080);
  }

  /** A claim of 8000×8000 pixels costs nothing, also where the photograph has to be turned. */
  @Test
  void imagesAboveTheMaximumAreNotDecoded() throws Exception {
    byte[] turned = TestImages.withOrientation(TestImages.jpeg(4, 6, 8), 6);
    for (byte[] file : List.of(turned, WEBP, TURNED_WEBP, TestImages.png(4, 6, 1))) {
      assertThat(ServableImage.bounded(file, 24)).isNotEmpty();
      assertThatThrownBy(() -> ServableImage.bounded(file, 23))
          .isInstanceOf(ImageHeader.UnusableImageException.class)
          .hasMessage("is too large: expected at most 23 pixels, but got 6×4 pixels");
    }
  }

  @Test
  void imagesAboveTheMaximumAreNotTurnedOrConverted() throws Exception {
    byte[] turned = TestImages.withOrientation(TestImages.jpeg(4, 6, 8), 6);
    for (byte[] file : List.of(turned, WEBP, TURNED_WEBP)) {
      assertThatThrownBy(() -> ServableImage.of(file, 23))
          .isInstanceOf(ImageHeader.UnusableImageException.class)
          .hasMessageStartingWith("is too large");
    }
    // The model that decodes it checks it.
    byte[] upright = TestImages.png(4, 6, 1);
    assertThat(ServableImage.of(upright, 23)).isSameAs(upright);
  }

  @Test
  void otherFormatsAreNamed() throws Exception {
    Map<String, String> files =
        Map.of(
            "\0\0\0\u0018ftypheic\0\0\0\0mif1heic", "is a HEIC image, which cannot be decoded",
            "\0\0\0\u001cftypmif1\0\0\0\0mif1avif", "is an AVIF image, which cannot be decoded",
            "RIFF\u0010\0\0\0WEBPVP8L\u0001\0\0\0", "is a WebP image that cannot be decoded");
    files.forEach(
        (content, message) ->
            assertThatThrownBy(
                    () -> ServableImage.of(content.getBytes(StandardCharsets.ISO_8859_1)))
                .isInstanceOf(ImageHeader.UnusableImageException.class)
                .hasMessageStartingWith(message));
    byte[] text = "no image".getBytes(StandardCharsets.UTF_8);
    assertThat(ServableImage.of(text)).isSameAs(text);
  }

  private Path photographs() throws IOException {
    Path images = folder.resolve("images");
    TestImages.folder(images, 2, 2, 6, 4);
    TestImages.write(images.resolve("class0/phone.webp"), TURNED_WEBP);
    TestImages.write(
        images.resolve("class1/phone.jpg"),
        TestImages.withOrientation(TestImages.jpeg(4, 6, 8), 6));
    TestImages.write(
        images.resolve("class1/phone.heic"),
        "\0\0\0\u0018ftypheic\0\0\0\0mif1heic".getBytes(StandardCharsets.ISO_8859_1));
    return images;
  }

  @Test
  void foldersNameWhatRecordsConvert() throws IOException {
    Path images = photographs();
    try (DataSet data = new ImageFolder(images).open()) {
      assertThat(data.skipped())
          .containsExactlyInAnyOrder(
              new SkippedItem(
                  "class0/phone.webp", "is a WebP image; 'recal records' converts such files"),
              new SkippedItem(
                  "class1/phone.heic",
                  "is a HEIC image, which cannot be decoded; convert it to JPEG or PNG"));
      assertThat(data.count()).isEqualTo(5);
    }
    Path shards = folder.resolve("shards");
    RecordConversion.Summary summary =
        new RecordConversion(images, shards, 1, 1, 1, false).run((done, all) -> {});
    assertThat(summary.images()).isEqualTo(6);
    assertThat(summary.skipped())
        .extracting(SkippedItem::name)
        .containsExactly("class1/phone.heic");
    try (DataSet folderData = new ImageFolder(images).open();
        DataSet data = new RecordShards(shards).open()) {
      for (int i = 0; i < data.count(); i++) {
        assertThat(data.images().height(data.itemOf(i))).isEqualTo(6);
        assertThat(data.images().width(data.itemOf(i))).isEqualTo(4);
      }
      Map<String, float[]> shard = byName(data);
      byName(folderData)
          .forEach((name, pixels) -> assertThat(shard.get(name)).as(name).isEqualTo(pixels));
      assertThat(shard).containsKey("class0/phone.webp");
    }
  }

  @Test
  void archivesConvertTheirMembers() throws IOException {
    Path zip = folder.resolve("photographs.zip");
    TestImages.zip(
        zip, Map.of("a/1.webp", WEBP, "a/2.png", TestImages.png(4, 6, 1), "b/1.webp", WEBP), false);
    try (DataSet data = new ImageArchive(zip).open()) {
      assertThat(data.count()).isEqualTo(3);
      float[] pixels = byName(data).get("a/1.webp");
      assertThat(pixels[3 * 7]).isCloseTo(40 / 255f, within(1e-6f));
      assertThat(pixels[3 * 7 + 1]).isCloseTo(60 / 255f, within(1e-6f));
    }
  }

  private static Map<String, float[]> byName(DataSet data) throws IOException {
    Map<String, float[]> pixels = new HashMap<>();
    int height = data.images().height(0);
    int width = data.images().width(0);
    try (Batches batches =
        new Batches(data, PipelineSettings.evaluation(1, height, width, Augmentation.none()))) {
      List<Batches.Batch> epoch = batches.epoch(0, 0);
      for (int i = 0; i < data.count(); i++) {
        pixels.put(data.itemName(i), epoch.get(i).image(0));
      }
    }
    return pixels;
  }
}
