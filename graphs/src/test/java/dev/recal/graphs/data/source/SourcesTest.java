package dev.recal.graphs.data.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.recal.graphs.data.DataSet;
import dev.recal.graphs.data.OpenSettings;
import dev.recal.graphs.data.SkippedItem;
import dev.recal.graphs.data.TestImages;
import dev.recal.graphs.data.Validation;
import dev.recal.graphs.data.pipeline.Augmentation;
import dev.recal.graphs.data.pipeline.Batches;
import dev.recal.graphs.data.pipeline.PipelineSettings;
import dev.recal.graphs.task.RecipeData;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Folders and archives, valid and invalid. */
class SourcesTest {
  @TempDir Path folder;

  static List<String> skippedNames(DataSet data) {
    return data.skipped().stream().map(SkippedItem::name).toList();
  }

  private static String reason(DataSet data, String name) {
    return data.skipped().stream()
        .filter(item -> item.name().equals(name))
        .map(SkippedItem::reason)
        .findFirst()
        .orElse("not skipped");
  }

  static Batches.Batch all(DataSet data, int size) throws IOException {
    try (Batches batches =
        new Batches(
            data, PipelineSettings.evaluation(data.count(), size, size, Augmentation.none()))) {
      batches.start(0, 0);
      return batches.next();
    }
  }

  @Test
  void folderHasSortedClassesAndNestedFiles() throws IOException {
    TestImages.folder(folder.resolve("top"), 2, 2, 8, 8);
    TestImages.write(folder.resolve("top/class1/deep/er/x.PNG"), TestImages.png(8, 8, 7));
    TestImages.write(folder.resolve("top/class1/.hidden.png"), new byte[] {1});
    try (DataSet data = new ImageFolder(folder).open()) {
      assertThat(data.classNames()).containsExactly("class0", "class1");
      assertThat(data.labels()).containsExactly(0, 0, 1, 1, 1);
      assertThat(data.itemName(4)).isEqualTo("top/class1/deep/er/x.PNG");
      assertThat(data.skipped()).isEmpty();
      assertThat(data.classCounts()).containsExactly(2, 3);
      assertThat(data.digest()).hasSize(64);
    }
  }

  @Test
  void unusableFilesAreNamedAndSkipped() throws IOException {
    TestImages.folder(folder, 2, 2, 16, 16);
    byte[] jpeg = TestImages.jpeg(16, 16, 1);
    byte[] png = TestImages.png(16, 16, 2);
    Path a = folder.resolve("class0");
    TestImages.write(a.resolve("empty.png"), new byte[0]);
    TestImages.write(a.resolve("text.jpg"), "no image".getBytes(StandardCharsets.UTF_8));
    TestImages.write(a.resolve("short.jpg"), Arrays.copyOf(jpeg, jpeg.length / 2));
    TestImages.write(a.resolve("tiny.jpg"), Arrays.copyOf(jpeg, 3));
    TestImages.write(a.resolve("short.png"), Arrays.copyOf(png, png.length - 30));
    byte[] bmp = TestImages.encode(TestImages.image(16, 16, 3), "bmp");
    TestImages.write(a.resolve("short.bmp"), Arrays.copyOf(bmp, bmp.length - 1));
    byte[] damaged = png.clone();
    Arrays.fill(damaged, 60, damaged.length - 40, (byte) 0x55);
    TestImages.write(a.resolve("damaged.png"), damaged);
    TestImages.write(a.resolve("notes.txt"), new byte[] {1});
    TestImages.write(folder.resolve("loose.png"), png);
    Files.createDirectories(folder.resolve("nothing"));
    try (DataSet data = new ImageFolder(folder).open()) {
      assertThat(data.count()).isEqualTo(4);
      assertThat(data.classNames()).containsExactly("class0", "class1");
      assertThat(skippedNames(data))
          .containsExactlyInAnyOrder(
              "class0/empty.png",
              "class0/text.jpg",
              "class0/short.jpg",
              "class0/tiny.jpg",
              "class0/short.png",
              "class0/short.bmp",
              "class0/damaged.png",
              "class0/notes.txt",
              "loose.png",
              "nothing");
      assertThat(reason(data, "class0/empty.png")).isEqualTo("is empty");
      assertThat(reason(data, "class0/short.jpg")).isEqualTo("is truncated");
      assertThat(reason(data, "class0/text.jpg")).contains("not a JPEG");
      assertThat(reason(data, "class0/damaged.png")).startsWith("cannot be decoded (");
      assertThat(reason(data, "nothing")).isEqualTo("is a class without usable images");
      assertThat(all(data, 16).labels()).containsExactly(0, 0, 1, 1);
    }
    assertThatThrownBy(() -> new ImageFolder(folder).open(OpenSettings.defaults().withStrict(true)))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("because strict is set, but 10 are not: ")
        .hasMessageContaining("class0/empty.png is empty");
  }

  @Test
  void checksImagesOfDifferentSizes() throws IOException {
    TestImages.folder(folder, 2, 1, 16, 16);
    TestImages.write(folder.resolve("class0/other.png"), TestImages.png(20, 10, 5));
    byte[] damaged = TestImages.png(16, 16, 2);
    Arrays.fill(damaged, 60, damaged.length - 40, (byte) 0x55);
    TestImages.write(folder.resolve("class0/damaged.png"), damaged);
    try (DataSet data = new ImageFolder(folder).open()) {
      assertThat(skippedNames(data)).containsExactly("class0/damaged.png");
      assertThat(data.labels()).containsExactly(0, 0, 1);
    }
    OpenSettings headers = OpenSettings.defaults().withValidation(Validation.HEADERS);
    try (DataSet data = new ImageFolder(folder).open(headers)) {
      assertThat(data.count()).isEqualTo(4);
      assertThat(all(data, 8).labels()).containsExactly(0, 0, 1);
      assertThat(data.unreadable()).hasSize(1);
      assertThat(data.unreadable().get(0).name()).isEqualTo("class0/damaged.png");
      assertThat(data.unreadable().get(0).reason()).startsWith("cannot be decoded (");
    }
    assertThatThrownBy(
            () ->
                new ImageFolder(folder)
                    .open(headers.withValidation(Validation.AUTOMATIC).withStrict(true)))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("class0/damaged.png cannot be decoded");
  }

  @Test
  void greyTransparentCmykAndOnePixelImagesBecomeRgb() throws IOException {
    Path a = folder.resolve("a");
    Path b = folder.resolve("b");
    BufferedImage grey = TestImages.image(8, 8, BufferedImage.TYPE_BYTE_GRAY, 1);
    BufferedImage rgba = TestImages.image(8, 8, BufferedImage.TYPE_INT_ARGB, 2);
    BufferedImage palette = TestImages.image(8, 8, BufferedImage.TYPE_BYTE_INDEXED, 3);
    TestImages.write(a.resolve("0grey.jpg"), TestImages.encode(grey, "jpg"));
    TestImages.write(a.resolve("1grey.png"), TestImages.encode(grey, "png"));
    TestImages.write(a.resolve("2rgba.png"), TestImages.encode(rgba, "png"));
    TestImages.write(a.resolve("3palette.gif"), TestImages.encode(palette, "gif"));
    TestImages.write(a.resolve("4colour.bmp"), TestImages.encode(TestImages.image(8, 8, 4), "bmp"));
    TestImages.write(b.resolve("cmyk.jpg"), TestImages.cmykJpeg());
    TestImages.write(b.resolve("one.png"), TestImages.png(1, 1, 5));
    try (DataSet data = new ImageFolder(folder).open()) {
      assertThat(data.skipped()).isEmpty();
      assertThat(data.count()).isEqualTo(7);
      Batches.Batch batch = all(data, 8);
      float[] greyPng = batch.image(1);
      for (int i = 0; i < greyPng.length; i += 3) {
        assertThat(greyPng[i]).isEqualTo(greyPng[i + 1]).isEqualTo(greyPng[i + 2]);
      }
      assertThat(batch.image(2)).isEqualTo(floats(rgba));
      assertThat(batch.image(4)).isEqualTo(floats(TestImages.image(8, 8, 4)));
      float[] cmyk = batch.image(5);
      assertThat(cmyk[0] * 255).isCloseTo(200, within(4f));
      assertThat(cmyk[1] * 255).isCloseTo(40, within(4f));
      assertThat(cmyk[2] * 255).isCloseTo(90, within(4f));
      float[] one = batch.image(6);
      float[] pixel = floats(TestImages.image(1, 1, 5));
      for (int i = 0; i < one.length; i++) {
        assertThat(one[i]).isEqualTo(pixel[i % 3]);
      }
    }
  }

  private static float[] floats(BufferedImage image) {
    float[] values = new float[image.getWidth() * image.getHeight() * 3];
    int position = 0;
    for (int y = 0; y < image.getHeight(); y++) {
      for (int x = 0; x < image.getWidth(); x++) {
        int rgb = image.getRGB(x, y);
        for (int shift = 16; shift >= 0; shift -= 8) {
          values[position++] = (rgb >> shift & 0xFF) * (1f / 255);
        }
      }
    }
    return values;
  }

  @Test
  void filesThatCommandsWriteBesideImagesAreNotReported() throws IOException {
    TestImages.write(folder.resolve("a/1.png"), TestImages.png(4, 4, 1));
    TestImages.write(folder.resolve("b/1.png"), TestImages.png(4, 4, 1));
    for (String name : List.of("stylized.json", "aligned.json", "pairs.txt", "landmarks.txt")) {
      Files.writeString(folder.resolve(name), "");
    }
    Files.writeString(folder.resolve("a/notes.txt"), "");
    try (DataSet data = new ImageFolder(folder).open()) {
      assertThat(data.skipped()).extracting(SkippedItem::name).containsExactly("a/notes.txt");
      assertThat(new RecipeData(data, data).skipped()).hasSize(1);
    }
  }

  @Test
  void rejectsFoldersWithoutTwoClasses() throws IOException {
    assertThatThrownBy(() -> new ImageFolder(folder.resolve("no")).open())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageEndingWith("no does not exist.");
    assertThatThrownBy(() -> new ImageFolder(folder).open())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageEndingWith("but found no files.");
    TestImages.write(folder.resolve("1.png"), TestImages.png(4, 4, 1));
    assertThatThrownBy(() -> new ImageFolder(folder).open())
        .hasMessageContaining("has no class folders: all images (1) are in it.");
    TestImages.write(folder.resolve("train/a/1.png"), TestImages.png(4, 4, 1));
    TestImages.write(folder.resolve("test/a/1.png"), TestImages.png(4, 4, 1));
    Files.delete(folder.resolve("1.png"));
    assertThatThrownBy(() -> new ImageFolder(folder).open())
        .hasMessageContaining("contains the splits test, train, not classes");
    assertThatThrownBy(() -> new ImageFolder(folder.resolve("train")).open())
        .hasMessageContaining("has no class folders: all images (1) are in a/.");
    TestImages.write(folder.resolve("train/b/1.png"), new byte[] {1, 2});
    assertThatThrownBy(() -> new ImageFolder(folder.resolve("train")).open())
        .hasMessageContaining("only found those of a (2 skipped: b/1.png is not a JPEG");
    Files.write(folder.resolve("train/a/1.png"), new byte[] {1, 2});
    assertThatThrownBy(() -> new ImageFolder(folder.resolve("train")).open())
        .hasMessageContaining("contains no usable images (2 skipped");
  }

  @Test
  void storedAndDeflatedArchivesAreEqual() throws IOException {
    Map<String, byte[]> members = new LinkedHashMap<>();
    members.put("top/", new byte[0]);
    members.put("top/b/1.png", TestImages.png(8, 8, 1));
    members.put("top/a/2.jpg", TestImages.jpeg(8, 8, 2));
    members.put("top/a/bad.jpg", new byte[] {9});
    members.put("__MACOSX/top/a/._2.jpg", new byte[] {9});
    members.put("top/c/", new byte[0]);
    members.put("readme.md", new byte[] {9});
    TestImages.zip(folder.resolve("stored.zip"), members, true);
    TestImages.zip(folder.resolve("deflated.zip"), members, false);
    try (DataSet stored = new ImageArchive(folder.resolve("stored.zip")).open();
        DataSet deflated = new ImageArchive(folder.resolve("deflated.zip"), "top").open()) {
      assertThat(stored.classNames()).containsExactly("a", "b");
      assertThat(deflated.classNames()).containsExactly("a", "b");
      assertThat(skippedNames(stored)).containsExactly("readme.md", "top/a/bad.jpg", "c");
      assertThat(skippedNames(deflated)).containsExactly("top/a/bad.jpg", "c");
      assertThat(stored.digest()).isEqualTo(deflated.digest());
      assertThat(all(stored, 8).images()).isEqualTo(all(deflated, 8).images());
    }
  }

  @Test
  void archivesOfAllSystemsAreRead() throws IOException {
    byte[] png = TestImages.png(8, 8, 1);
    for (List<String> names :
        List.of(
            List.of("cat/1.png", "dog/2.png", "dog/3.png"),
            List.of("./cat/1.png", "./dog/2.png", "dog/3.png"),
            List.of("/cat/1.png", ".//dog/2.png", "dog/./3.png"),
            List.of("cat\\1.png", "dog\\2.png", "dog\\3.png"),
            List.of("top\\", "top\\cat\\1.png", "top\\dog\\2.png", "top\\dog\\3.png"),
            List.of("top/cat\\1.png", "top/dog\\2.png", "top/dog\\3.png"))) {
      Map<String, byte[]> members = new LinkedHashMap<>();
      names.forEach(name -> members.put(name, name.endsWith("\\") ? new byte[0] : png));
      TestImages.zip(folder.resolve("a.zip"), members, false);
      try (DataSet data = new ImageArchive(folder.resolve("a.zip")).open()) {
        assertThat(data.classNames()).containsExactly("cat", "dog");
        assertThat(data.labels()).containsExactly(0, 1, 1);
        assertThat(data.itemName(1)).endsWith("dog/2.png");
        assertThat(data.skipped()).isEmpty();
      }
    }
  }

  @Test
  void archivesWithNamesInTheCodePageOfMsDosAreRead() throws IOException {
    Path zip = folder.resolve("dos.zip");
    try (ZipOutputStream out =
        new ZipOutputStream(Files.newOutputStream(zip), Charset.forName("IBM437"))) {
      for (String name : List.of("K\u00e4tzchen/1.png", "Hund/2.png", "\u00c5l/3.png")) {
        out.putNextEntry(new ZipEntry(name));
        out.write(TestImages.png(8, 8, 1));
        out.closeEntry();
      }
    }
    try (DataSet data = new ImageArchive(zip).open()) {
      assertThat(data.classNames()).containsExactly("Hund", "K\u00e4tzchen", "\u00c5l");
      assertThat(data.count()).isEqualTo(3);
    }
  }

  @Test
  void badArchivesAreRejectedOrMembersSkipped() throws IOException {
    Path flat = folder.resolve("flat.zip");
    TestImages.zip(flat, Map.of("photos/n01_cat.png", TestImages.png(8, 8, 1)), true);
    assertThatThrownBy(() -> new ImageArchive(flat).open())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("has no class folders: all images (1) are in photos/.");
    Path text = folder.resolve("text.zip");
    Files.writeString(text, "no archive");
    assertThatThrownBy(() -> new ImageArchive(text).open())
        .isInstanceOf(IOException.class)
        .hasMessageContaining(
            "cannot be read as a zip archive: it is truncated, damaged or not one.");
    assertThatThrownBy(() -> new ImageArchive(folder).open()).hasMessageContaining("is a folder");
    Map<String, byte[]> members = new LinkedHashMap<>();
    members.put("a/1.png", TestImages.png(8, 8, 1));
    members.put("a/2.png", TestImages.png(8, 8, 2));
    members.put("b/3.png", TestImages.png(8, 8, 3));
    Path damaged = folder.resolve("damaged.zip");
    TestImages.zip(damaged, members, false);
    byte[] bytes = Files.readAllBytes(damaged);
    Arrays.fill(bytes, 45, 60, (byte) 0xFF);
    Files.write(damaged, bytes);
    try (DataSet data = new ImageArchive(damaged).open()) {
      assertThat(data.count()).isEqualTo(2);
      assertThat(reason(data, "a/1.png"))
          .isEqualTo("cannot be read from the archive: it does not match its checksum");
    }
    assertThatThrownBy(
            () -> new ImageArchive(damaged).open(OpenSettings.defaults().withMemoryLimitBytes(100)))
        .hasMessageContaining("unpack it and pass the folder");
  }

  @Test
  void viewsShareTheItems() throws IOException {
    DataSet data = new Textures(Textures.Split.TRAIN, 10, 8, 0).open();
    DataSet.Split split = data.split(0.2, 5);
    data.close();
    try (split) {
      assertThat(split.remainder().classCounts()).containsOnly(8);
      assertThat(split.heldOut().classCounts()).containsOnly(2);
      List<String> names = IntStream.range(0, 80).mapToObj(split.remainder()::itemName).toList();
      IntStream.range(0, 20)
          .forEach(i -> assertThat(names).doesNotContain(split.heldOut().itemName(i)));
      assertThat(split.remainder().digest()).isNotEqualTo(split.heldOut().digest());
      List<String> reversed = new ArrayList<>(split.heldOut().classNames());
      Collections.reverse(reversed);
      try (DataSet view = split.heldOut().withClasses(reversed)) {
        assertThat(view.labels()[0]).isEqualTo(9);
        assertThat(all(view, 8).images()).isEqualTo(all(split.heldOut(), 8).images());
      }
      assertThatThrownBy(() -> split.heldOut().withClasses(List.of("wood")))
          .hasMessageContaining("unexpected classes: canvas, cloud, coal, felt, grass, 4 more");
    }
    assertThatThrownBy(() -> data.split(0.5, 0)).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void theContactSheetIsAPicture() throws IOException {
    try (DataSet data = new Textures(Textures.Split.TEST, 3, 16, 0).open()) {
      Path png = folder.resolve("new/sheet.png");
      data.contactSheet(png);
      BufferedImage sheet = ImageIO.read(png.toFile());
      assertThat(sheet.getWidth()).isEqualTo(548);
      assertThat(sheet.getHeight()).isEqualTo(684);
      assertThat(sheet.getRGB(0, 0)).isEqualTo(0xFF000000);
      assertThat(sheet.getRGB(30, 30)).isNotEqualTo(0xFF000000);
    }
  }
}
