package dev.recal.graphs.data.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import dev.recal.graphs.data.DataSet;
import dev.recal.graphs.data.DataSets;
import dev.recal.graphs.data.SampleImage;
import dev.recal.graphs.data.SplitMix64;
import dev.recal.graphs.data.source.DrawnScenes;
import dev.recal.graphs.data.source.Textures;
import dev.recal.graphs.data.targets.ImageObjects;
import dev.recal.graphs.data.targets.Mask;
import dev.recal.graphs.data.targets.ObjectSettings;
import dev.recal.graphs.data.targets.ObjectTargets;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Small objects, holes and parts that others hide, compared with pixels of their own colours. */
class DrawnSceneGeometryTest {
  private static final int SCENES = 6;
  private static final int HEIGHT = 64;
  private static final int WIDTH = 48;

  /**
   * How scenes are delivered.
   *
   * @param exact whether pixels only move
   */
  record Delivery(Augmentation augmentation, int height, int width, boolean exact) {}

  static List<Delivery> deliveries() {
    return List.of(
        new Delivery(Augmentation.padCropFlip(), HEIGHT, WIDTH, true),
        new Delivery(Augmentation.centerCrop(WIDTH), 40, 40, true),
        new Delivery(Augmentation.none(), 90, 80, false),
        new Delivery(new Augmentation.KeepRatio(36, 60, true), 60, 60, false),
        new Delivery(new Augmentation.ScaleJitter(0.7, 1.6, true), HEIGHT, WIDTH, false),
        new Delivery(
            new Augmentation.RandomResizedCrop(0.3, 1, 0.5, 2, true), HEIGHT, WIDTH, false));
  }

  @ParameterizedTest
  @MethodSource("deliveries")
  void masksAreThePixelsOfTheirColour(Delivery delivery) throws IOException {
    PipelineSettings settings =
        PipelineSettings.training(SCENES, delivery.height, delivery.width, delivery.augmentation, 3)
            .withObjects(ObjectSettings.defaults().withMasks(ObjectSettings.MaskForm.whole()));
    int found = 0;
    try (DataSet data = flatScenes();
        PipelineOutputs batches =
            new PipelineOutputs(data, settings, TargetGeometryTest::objectOperands)) {
      for (int epoch = 0; epoch < 2; epoch++) {
        List<Object> batch = batches.first(epoch);
        int[] counts = (int[]) batch.get(3);
        int places = ((int[]) batch.get(2)).length / SCENES;
        for (int scene = 0; scene < SCENES; scene++) {
          for (int place = 0; place < counts[scene]; place++) {
            assertObject(delivery, batch, scene, scene * places + place);
            found++;
          }
        }
      }
    }
    assertThat(found).isGreaterThan(30);
  }

  private static DataSet flatScenes() throws IOException {
    DrawnScenes source = new DrawnScenes(Textures.Split.TRAIN, SCENES, HEIGHT, WIDTH, 3, 8, 5);
    try (DataSet scenes = source.open()) {
      ObjectTargets targets = (ObjectTargets) scenes.targets();
      List<SampleImage> flat = new ArrayList<>();
      for (int i = 0; i < SCENES; i++) {
        flat.add(flat(targets.objects(i)));
      }
      return DataSets.of("flat scenes", flat, targets);
    }
  }

  /** Each object in one colour. */
  private static SampleImage flat(ImageObjects objects) {
    byte[] rgb = new byte[HEIGHT * WIDTH * 3];
    SplitMix64 random = new SplitMix64(1);
    objects
        .objects()
        .forEach(
            object -> {
              byte[] colour = {channel(random), channel(random), channel(random)};
              Mask mask = object.mask().orElseThrow();
              for (int pixel = 0; pixel < HEIGHT * WIDTH; pixel++) {
                if (mask.covers(pixel / WIDTH, pixel % WIDTH)) {
                  System.arraycopy(colour, 0, rgb, 3 * pixel, 3);
                }
              }
            });
    return SampleImage.pixels(HEIGHT, WIDTH, rgb);
  }

  private static byte channel(SplitMix64 random) {
    return (byte) (40 + random.nextInt(216));
  }

  private static void assertObject(Delivery delivery, List<Object> batch, int scene, int row) {
    int height = delivery.height;
    int width = delivery.width;
    float[] pixels = (float[]) batch.get(0);
    byte[] masks = (byte[]) batch.get(4);
    int firstMask = row * height * width;
    int firstPixel = scene * height * width;
    float[] colour = colour(pixels, masks, firstPixel, firstMask, height * width);
    int area = 0;
    int both = 0;
    int outside = 0;
    int top = height;
    int left = width;
    int bottom = 0;
    int right = 0;
    for (int i = 0; i < height * width; i++) {
      boolean masked = masks[firstMask + i] == 1;
      boolean coloured = true;
      for (int channel = 0; channel < 3; channel++) {
        float difference = pixels[3 * (firstPixel + i) + channel] - colour[channel];
        coloured &= Math.abs(difference) < 1e-3;
      }
      area += masked ? 1 : 0;
      both += masked && coloured ? 1 : 0;
      outside += coloured && !masked ? 1 : 0;
      if (masked) {
        top = Math.min(top, i / width);
        left = Math.min(left, i % width);
        bottom = Math.max(bottom, i / width + 1);
        right = Math.max(right, i % width + 1);
      }
    }
    float[] boxes = (float[]) batch.get(1);
    float[] box = {boxes[4 * row], boxes[4 * row + 1], boxes[4 * row + 2], boxes[4 * row + 3]};
    assertThat(outside).isZero();
    if (delivery.exact) {
      assertThat(both).isEqualTo(area);
    } else if (area > 0) {
      // Resized outlines are mixtures, and the mask of a pixel is that of its centre.
      assertThat(both).isGreaterThan(area < 150 ? 0 : area / 4);
    }
    float tolerance = delivery.exact ? 0 : 1.6f;
    float[] gaps = {top - box[0], left - box[1], box[2] - bottom, box[3] - right};
    // Of an object that is cut the box is cut, too, and then wider than what is left of its pixels.
    boolean whole = box[0] > 0 && box[1] > 0 && box[2] < height && box[3] < width;
    if (area > 0) {
      for (float gap : gaps) {
        assertThat(gap).isBetween(-tolerance, whole ? tolerance : width);
      }
    }
  }

  /** The most frequent colour within a mask. */
  private static float[] colour(
      float[] pixels, byte[] masks, int firstPixel, int firstMask, int count) {
    List<List<Float>> seen = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      if (masks[firstMask + i] == 1) {
        int place = 3 * (firstPixel + i);
        seen.add(List.of(pixels[place], pixels[place + 1], pixels[place + 2]));
      }
    }
    List<Float> most =
        seen.stream()
            .collect(Collectors.groupingBy(c -> c, Collectors.counting()))
            .entrySet()
            .stream()
            .max(Map.Entry.comparingByValue())
            .map(Map.Entry::getKey)
            .orElse(List.of(-1f, -1f, -1f));
    return new float[] {most.get(0), most.get(1), most.get(2)};
  }
}
