package dev.recal.graphs.data.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.recal.graphs.data.DataSet;
import dev.recal.graphs.data.DataSets;
import dev.recal.graphs.data.SampleImage;
import dev.recal.graphs.data.SplitMix64;
import dev.recal.graphs.data.targets.Box;
import dev.recal.graphs.data.targets.ImageObject;
import dev.recal.graphs.data.targets.ImageObjects;
import dev.recal.graphs.data.targets.ImageTargets;
import dev.recal.graphs.data.targets.Mask;
import dev.recal.graphs.data.targets.ObjectSettings;
import dev.recal.graphs.data.targets.ObjectSettings.MaskForm;
import dev.recal.graphs.data.targets.ObjectTargets;
import dev.recal.graphs.data.targets.TargetBatch;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;

/** Objects and second images compared with their pixels. */
class TargetGeometryTest {
  private static final int HEIGHT = 36;
  private static final int WIDTH = 28;

  /** An ellipse on one channel of an image, and its object. */
  private record EllipseImage(int height, int width, byte[] rgb, List<ImageObject> objects) {
    static EllipseImage of(int height, int width, long seed) {
      SplitMix64 random = new SplitMix64(seed);
      byte[] rgb = new byte[height * width * 3];
      List<ImageObject> objects = new ArrayList<>();
      for (int channel = 0; channel < 3; channel++) {
        double centreY = random.uniform(0.25, 0.75) * height;
        double centreX = random.uniform(0.25, 0.75) * width;
        double radiusY = random.uniform(0.1, 0.24) * height;
        double radiusX = random.uniform(0.1, 0.24) * width;
        boolean[] covered = new boolean[height * width];
        int top = height;
        int left = width;
        int bottom = 0;
        int right = 0;
        for (int y = 0; y < height; y++) {
          for (int x = 0; x < width; x++) {
            double dy = (y + 0.5 - centreY) / radiusY;
            double dx = (x + 0.5 - centreX) / radiusX;
            if (dy * dy + dx * dx < 1) {
              covered[y * width + x] = true;
              rgb[3 * (y * width + x) + channel] = (byte) 255;
              top = Math.min(top, y);
              left = Math.min(left, x);
              bottom = Math.max(bottom, y + 1);
              right = Math.max(right, x + 1);
            }
          }
        }
        objects.add(
            new ImageObject(
                new Box(top, left, bottom, right), channel, Mask.ofPixels(height, width, covered)));
      }
      return new EllipseImage(height, width, rgb, objects);
    }

    SampleImage image() {
      return SampleImage.pixels(height, width, rgb);
    }

    ImageObjects target() {
      return new ImageObjects(height, width, objects);
    }
  }

  private static List<EllipseImage> drawings(boolean oneSize) {
    List<EllipseImage> drawings = new ArrayList<>();
    for (int i = 0; i < 6; i++) {
      drawings.add(
          oneSize
              ? EllipseImage.of(HEIGHT, WIDTH, i)
              : EllipseImage.of(60 + 7 * i, 90 - 6 * i, 50 + i));
    }
    return drawings;
  }

  private static DataSet set(List<EllipseImage> drawings) throws IOException {
    return DataSets.of(
        "drawings",
        drawings.stream().map(EllipseImage::image).toList(),
        ObjectTargets.of(
            List.of("red", "green", "blue"), drawings.stream().map(EllipseImage::target).toList()));
  }

  /** How images are stored and resized. */
  record Storage(boolean oneSize, Augmentation augmentation, long memory) {
    PipelineSettings settings(int batch) {
      return PipelineSettings.training(batch, HEIGHT, WIDTH, augmentation, 8)
          .withMemoryLimitBytes(memory);
    }

    /** Whether pixels only move. */
    boolean exact() {
      return oneSize
          && !(augmentation instanceof Augmentation.RandomResizedCrop)
          && !augmentation.pads();
    }
  }

  static List<Storage> storages() {
    List<Storage> storages = new ArrayList<>();
    for (Augmentation augmentation :
        List.of(
            Augmentation.none(),
            Augmentation.padCropFlip(),
            Augmentation.centerCrop(40),
            new Augmentation.KeepRatio(24, 34, true).withOrientations(false),
            new Augmentation.ScaleJitter(0.6, 1.5, true),
            new Augmentation.RandomResizedCrop(0.3, 1, 0.5, 2, true))) {
      storages.add(new Storage(false, augmentation, 0));
      if (!(augmentation instanceof Augmentation.CenterCrop)) {
        storages.add(new Storage(true, augmentation, 1 << 28));
      }
    }
    storages.add(new Storage(false, Augmentation.padCropFlip(), 1 << 28));
    storages.add(
        new Storage(
            false, new Augmentation.KeepRatio(24, 34, true).withOrientations(false), 1 << 28));
    return storages;
  }

  static List<Operand<?>> objectOperands(InputPipeline input) {
    TargetBatch.Objects objects = input.targets(TargetBatch.Objects.class);
    List<Operand<?>> operands = new ArrayList<>();
    operands.add(input.images());
    operands.add(objects.boxes());
    operands.add(objects.labels());
    operands.add(objects.counts());
    objects.masks().ifPresent(operands::add);
    return operands;
  }

  @ParameterizedTest
  @MethodSource("storages")
  void boxesAndMasksMoveWithTheirPixels(Storage storage) throws IOException {
    List<EllipseImage> drawings = drawings(storage.oneSize);
    PipelineSettings settings =
        storage.settings(6).withObjects(ObjectSettings.defaults().withMasks(MaskForm.whole()));
    int found = 0;
    try (DataSet data = set(drawings);
        PipelineOutputs batches =
            new PipelineOutputs(data, settings, TargetGeometryTest::objectOperands)) {
      TargetBatch.Objects objects = batches.pipeline.targets(TargetBatch.Objects.class);
      assertThat(objects.boxes().shape()).isEqualTo(Shape.of(6, 3, 4));
      assertThat(objects.masks().orElseThrow().shape()).isEqualTo(Shape.of(6, 3, HEIGHT, WIDTH));
      for (int epoch = 0; epoch < 4; epoch++) {
        List<Object> batch = batches.first(epoch);
        int[] counts = (int[]) batch.get(3);
        for (int i = 0; i < 6; i++) {
          found += counts[i];
          for (int place = 0; place < 3; place++) {
            assertObject(storage, batch, i, place, place < counts[i]);
          }
        }
      }
    }
    assertThat(found).isBetween(48, 72);
  }

  private static void assertObject(
      Storage storage, List<Object> batch, int image, int place, boolean used) {
    float[] pixels = (float[]) batch.get(0);
    float[] boxes = (float[]) batch.get(1);
    int label = ((int[]) batch.get(2))[3 * image + place];
    byte[] masks = (byte[]) batch.get(4);
    int mask = (3 * image + place) * HEIGHT * WIDTH;
    if (!used) {
      assertThat(label).isEqualTo(-1);
      for (int i = 0; i < HEIGHT * WIDTH; i++) {
        assertThat(masks[mask + i]).isZero();
      }
      return;
    }
    float[] box = Arrays.copyOfRange(boxes, 4 * (3 * image + place), 4 * (3 * image + place) + 4);
    assertThat(new Box(box[0], box[1], box[2], box[3]).within(HEIGHT, WIDTH)).isTrue();
    int wrong = 0;
    int top = HEIGHT;
    int left = WIDTH;
    int bottom = 0;
    int right = 0;
    for (int y = 0; y < HEIGHT; y++) {
      for (int x = 0; x < WIDTH; x++) {
        boolean on = pixels[3 * ((image * HEIGHT + y) * WIDTH + x) + label] > 0.5;
        wrong += on == (masks[mask + y * WIDTH + x] == 1) ? 0 : 1;
        if (on) {
          top = Math.min(top, y);
          left = Math.min(left, x);
          bottom = Math.max(bottom, y + 1);
          right = Math.max(right, x + 1);
        }
      }
    }
    if (storage.exact()) {
      assertThat(wrong).isZero();
      assertThat(box).containsExactly(top, left, bottom, right);
    } else {
      // Half-covered pixels of the outline may count or not; enlargement multiplies them.
      assertThat(wrong).as(storage + " box " + Arrays.toString(box)).isLessThan(70);
      if (bottom > top) {
        float[] edges = {top, left, bottom, right};
        boolean whole = box[0] > 0 && box[1] > 0 && box[2] < HEIGHT && box[3] < WIDTH;
        for (int i = 0; i < 4; i++) {
          float beyond = i < 2 ? edges[i] - box[i] : box[i] - edges[i];
          // An object fills at most its box.
          assertThat(beyond).as(storage + " edge " + i).isBetween(-1.6f, whole ? 1.6f : WIDTH);
        }
      }
    }
  }

  @Test
  void boxMasksAreTheMaskWithinTheBox() throws IOException {
    EllipseImage drawing = EllipseImage.of(40, 50, 7);
    ObjectSettings form = ObjectSettings.defaults().withMasks(MaskForm.boxes(8));
    PipelineSettings settings =
        PipelineSettings.evaluation(1, 40, 50, Augmentation.none()).withObjects(form);
    try (DataSet data = set(List.of(drawing));
        PipelineOutputs batches =
            new PipelineOutputs(data, settings, TargetGeometryTest::objectOperands)) {
      List<Object> batch = batches.first(0);
      byte[] masks = (byte[]) batch.get(4);
      for (int object = 0; object < 3; object++) {
        Box box = drawing.objects.get(object).box();
        Mask mask = drawing.objects.get(object).mask().orElseThrow();
        for (int i = 0; i < 8; i++) {
          for (int j = 0; j < 8; j++) {
            int y = (int) (box.top() + (i + 0.5) * (box.bottom() - box.top()) / 8);
            int x = (int) (box.left() + (j + 0.5) * (box.right() - box.left()) / 8);
            assertThat(masks[(object * 8 + i) * 8 + j] == 1).isEqualTo(mask.covers(y, x));
          }
        }
      }
    }
  }

  @Test
  void objectsOutsideOrTooSmallAreDropped() throws IOException {
    // The centre of 40×80 is columns 20 to 60.
    List<ImageObject> objects =
        List.of(
            new ImageObject(new Box(0, 0, 40, 20), 0),
            new ImageObject(new Box(10, 10, 20, 30), 1),
            new ImageObject(new Box(10, 59.5f, 20, 80), 2),
            new ImageObject(new Box(5, 30, 6, 40), 3, Optional.empty(), true));
    SampleImage image = SampleImage.pixels(40, 80, new byte[40 * 80 * 3]);
    ImageObjects target = new ImageObjects(40, 80, objects);
    for (double minSide : new double[] {0, 1, 2}) {
      PipelineSettings settings =
          PipelineSettings.evaluation(2, 40, 40, Augmentation.centerCrop(40))
              .withObjects(new ObjectSettings(10, minSide, MaskForm.none()));
      try (DataSet data =
              DataSets.of(
                  "objects",
                  List.of(image, image),
                  ObjectTargets.of(
                      List.of("a", "b", "c", "d"),
                      List.of(new ImageObjects(40, 80, List.of()), target)));
          PipelineOutputs batches =
              new PipelineOutputs(
                  data,
                  settings,
                  input -> {
                    List<Operand<?>> operands = objectOperands(input);
                    operands.add(input.targets(TargetBatch.Objects.class).crowds());
                    return operands;
                  })) {
        List<Object> batch = batches.first(0);
        int[] counts = (int[]) batch.get(3);
        int[] labels = (int[]) batch.get(2);
        boolean[] crowds = (boolean[]) batch.get(4);
        float[] boxes = (float[]) batch.get(1);
        assertThat(counts).containsExactly(0, minSide == 0 ? 3 : minSide == 1 ? 2 : 1);
        assertThat(labels).startsWith(-1, -1, -1, -1, 1);
        assertThat(labels[5]).isEqualTo(minSide == 0 ? 2 : minSide == 1 ? 3 : -1);
        assertThat(crowds[5]).isEqualTo(minSide == 1);
        assertThat(Arrays.copyOfRange(boxes, 16, 20)).containsExactly(10, 0, 20, 10);
      }
    }
  }

  @Test
  void imagesWithManyObjectsFillTheirPlacesInOrder() throws IOException {
    List<ImageObject> objects = new ArrayList<>();
    for (int i = 0; i < 1000; i++) {
      objects.add(new ImageObject(new Box(i % 50, i / 50, i % 50 + 2, i / 50 + 3), i % 7));
    }
    SampleImage image = SampleImage.pixels(60, 60, new byte[60 * 60 * 3]);
    List<String> names = List.of("0", "1", "2", "3", "4", "5", "6");
    ObjectTargets targets = ObjectTargets.of(names, List.of(new ImageObjects(60, 60, objects)));
    for (int places : new int[] {100, 1000}) {
      PipelineSettings settings =
          PipelineSettings.evaluation(1, 60, 60, Augmentation.none())
              .withObjects(new ObjectSettings(places, 1, MaskForm.none()));
      try (DataSet data = DataSets.of("many", List.of(image), targets);
          PipelineOutputs batches =
              new PipelineOutputs(data, settings, TargetGeometryTest::objectOperands)) {
        List<Object> batch = batches.first(0);
        assertThat((int[]) batch.get(3)).containsExactly(places);
        int[] labels = (int[]) batch.get(2);
        assertThat(labels).hasSize(places);
        assertThat(labels[99]).isEqualTo(99 % 7);
      }
    }
  }

  @Test
  void missingMasksAreReportedBeforeTheFirstStep() throws IOException {
    SampleImage image = SampleImage.pixels(8, 8, new byte[8 * 8 * 3]);
    ObjectTargets targets =
        ObjectTargets.of(
            List.of("a"),
            List.of(new ImageObjects(8, 8, List.of(new ImageObject(new Box(1, 1, 3, 3), 0)))));
    PipelineSettings settings =
        PipelineSettings.evaluation(1, 8, 8, Augmentation.none())
            .withObjects(ObjectSettings.defaults().withMasks(MaskForm.whole()));
    try (DataSet data = DataSets.of("one", List.of(image), targets)) {
      assertThatThrownBy(
              () -> new PipelineOutputs(data, settings, TargetGeometryTest::objectOperands).close())
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage(
              "masks: expected a mask for every object, but got none for object 0 of item 0.");
    }
  }

  private static List<Operand<?>> imageOperands(InputPipeline input) {
    return List.of(input.images(), input.targets(TargetBatch.Images.class).images());
  }

  @ParameterizedTest
  @MethodSource("storages")
  void secondImageIsTransformedLikeTheFirst(Storage storage) throws IOException {
    List<SampleImage> images = drawings(storage.oneSize).stream().map(EllipseImage::image).toList();
    try (DataSet data =
            DataSets.of(
                "pairs", images, DataSets.secondImages(images, ImageTargets.Resizing.BILINEAR));
        PipelineOutputs batches =
            new PipelineOutputs(data, storage.settings(3), TargetGeometryTest::imageOperands)) {
      for (int epoch = 0; epoch < 3; epoch++) {
        List<Object> batch = batches.first(epoch);
        assertThat((float[]) batch.get(1)).isEqualTo((float[]) batch.get(0));
      }
    }
  }

  /** Pixels that encode their position: twice the row in red, twice the column in green. */
  private static SampleImage places(int height, int width) {
    byte[] rgb = new byte[height * width * 3];
    for (int i = 0; i < height * width; i++) {
      rgb[3 * i] = (byte) (2 * (i / width) + 2);
      rgb[3 * i + 1] = (byte) (2 * (i % width) + 2);
      rgb[3 * i + 2] = (byte) 255;
    }
    return SampleImage.pixels(height, width, rgb);
  }

  @ParameterizedTest
  @MethodSource("storages")
  void indexMapKeepsItsValues(Storage storage) throws IOException {
    List<SampleImage> images = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      images.add(storage.oneSize ? places(HEIGHT, WIDTH) : places(40 + 9 * i, 100 - 11 * i));
    }
    try (DataSet data =
            DataSets.of(
                "maps", images, DataSets.secondImages(images, ImageTargets.Resizing.NEAREST));
        PipelineOutputs batches =
            new PipelineOutputs(data, storage.settings(4), TargetGeometryTest::imageOperands)) {
      for (int epoch = 0; epoch < 3; epoch++) {
        List<Object> batch = batches.first(epoch);
        float[] smooth = (float[]) batch.get(0);
        float[] nearest = (float[]) batch.get(1);
        for (int i = 0; i < smooth.length; i++) {
          int value = Math.round(255 * nearest[i]);
          assertThat(value == 255 || value % 2 == 0).isTrue();
          if (i % 3 == 2 || storage.exact()) {
            assertThat(nearest[i]).isEqualTo(smooth[i]);
          } else {
            // Half a pixel is one step; at borders the average of a few pixels is shifted inwards.
            assertThat(value - 255 * smooth[i]).isBetween(-3.1f, 3.1f);
          }
        }
      }
    }
  }
}
