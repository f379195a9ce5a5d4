package dev.recal.graphs.data.source;

import dev.recal.graphs.data.DataSet;
import dev.recal.graphs.data.DataSetAssembly;
import dev.recal.graphs.data.DataSource;
import dev.recal.graphs.data.OpenSettings;
import dev.recal.graphs.data.SplitMix64;
import dev.recal.graphs.data.items.Digest;
import dev.recal.graphs.data.items.PixelItems;
import dev.recal.graphs.data.items.Pixels;
import dev.recal.graphs.data.targets.ImageObjects;
import dev.recal.graphs.data.targets.ObjectTargets;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.stream.IntStream;

/**
 * A data set for detection and instance segmentation that needs no download: discs, rings, squares,
 * stars and triangles of random sizes, rotations, colours and patterns in front of synthetic
 * textures and of each other. The box and the mask of an object are those of its visible pixels,
 * exactly. No object is hidden by more than four fifths.
 *
 * <p>A scene is a function of seed, split, size, numbers of objects and its own number: a larger
 * set begins with the scenes of a smaller one, and the splits have no scene in common.
 *
 * @param split which of two disjoint sets
 * @param count number of scenes
 * @param height of a scene in pixels
 * @param width of a scene in pixels
 * @param minObjects least number of objects drawn in a scene; if some are hidden, fewer are
 *     visible, but at least one
 * @param maxObjects largest number of objects in a scene
 * @param seed of everything random
 */
public record DrawnScenes(
    Textures.Split split,
    int count,
    int height,
    int width,
    int minObjects,
    int maxObjects,
    long seed)
    implements DataSource {
  private static final int MAX_OBJECTS = 100;

  public DrawnScenes {
    Objects.requireNonNull(split, "split");
    if (count < 1) {
      throw new IllegalArgumentException("count: expected at least 1, but got " + count + ".");
    }
    if (Math.min(height, width) < 32 || Math.max(height, width) > 1024) {
      throw new IllegalArgumentException(
          ("height and width: expected 32 to 1024 pixels, but got " + height + "×" + width) + ".");
    }
    if (minObjects < 1 || maxObjects < minObjects || maxObjects > MAX_OBJECTS) {
      throw new IllegalArgumentException(
          ("minObjects and maxObjects: expected 1 to " + MAX_OBJECTS + " in ascending order, but")
              + (" got " + minObjects + " and " + maxObjects + "."));
    }
  }

  /** The training scenes. */
  public static DrawnScenes defaults() {
    return train();
  }

  /** 2,000 training scenes of 128×128 with up to 6 objects. */
  public static DrawnScenes train() {
    return new DrawnScenes(Textures.Split.TRAIN, 2000, 128, 128, 1, 6, 0);
  }

  /** 200 test scenes of 128×128 with up to 6 objects. */
  public static DrawnScenes test() {
    return new DrawnScenes(Textures.Split.TEST, 200, 128, 128, 1, 6, 0);
  }

  /** Returns the same with another number of scenes. */
  public DrawnScenes withCount(int newCount) {
    return new DrawnScenes(split, newCount, height, width, minObjects, maxObjects, seed);
  }

  /** Returns the same with another size. */
  public DrawnScenes withSize(int newHeight, int newWidth) {
    return new DrawnScenes(split, count, newHeight, newWidth, minObjects, maxObjects, seed);
  }

  /** The names of the classes, sorted. */
  public static List<String> classNames() {
    return Arrays.stream(SceneShape.values())
        .map(shape -> shape.name().toLowerCase(Locale.ROOT))
        .toList();
  }

  @Override
  public DataSet open(OpenSettings settings) throws IOException {
    if (!Pixels.fits(count, height, width, settings.memoryLimitBytes())) {
      throw new IllegalArgumentException(
          ("count: expected all scenes to fit into memoryLimitBytes ("
                  + settings.memoryLimitBytes()
                  + "), but got ")
              + (count + " of " + height + "×" + width + " pixels."));
    }
    Pixels pixels = new Pixels(count, height, width);
    int imageBytes = Math.toIntExact(pixels.imageBytes());
    ImageObjects[] objects = new ImageObjects[count];
    IntStream.range(0, count)
        .parallel()
        .forEach(
            i -> {
              DrawnScene scene = scene(i);
              pixels.write(i, scene.rgb(), 0, imageBytes);
              objects[i] = scene.objects();
            });
    List<String> names = IntStream.range(0, count).mapToObj(i -> "scene" + i).toList();
    Digest digest =
        new Digest()
            .add("drawn scenes " + DrawnScene.VERSION + " " + TextureStyle.VERSION)
            .add(split.name())
            .add(new int[] {count, height, width, minObjects, maxObjects})
            .add(seed);
    String name = "drawn scenes (" + split.name().toLowerCase(Locale.ROOT) + ")";
    return new DataSetAssembly(name, settings)
        .decoded(
            ObjectTargets.of(classNames(), List.of(objects)),
            new PixelItems(names, pixels),
            digest);
  }

  /**
   * Returns the pixels of a scene, as an example: height · width · 3 numbers in 0–1.
   *
   * @param index of the scene
   */
  public float[] pixels(int index) {
    byte[] rgb = scene(index).rgb();
    float[] pixels = new float[rgb.length];
    for (int i = 0; i < rgb.length; i++) {
      pixels[i] = Byte.toUnsignedInt(rgb[i]) / 255f;
    }
    return pixels;
  }

  /** Draws one scene. */
  DrawnScene scene(int index) {
    return DrawnScene.draw(height, width, minObjects, maxObjects, sceneSeed(index));
  }

  long sceneSeed(int index) {
    return SplitMix64.mix(seed, split.ordinal(), index);
  }
}
