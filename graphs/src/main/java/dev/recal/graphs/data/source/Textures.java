package dev.recal.graphs.data.source;

import dev.recal.graphs.data.DataSet;
import dev.recal.graphs.data.DataSetAssembly;
import dev.recal.graphs.data.DataSource;
import dev.recal.graphs.data.OpenSettings;
import dev.recal.graphs.data.SplitMix64;
import dev.recal.graphs.data.items.Digest;
import dev.recal.graphs.data.items.PixelItems;
import dev.recal.graphs.data.items.Pixels;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.stream.IntStream;

/**
 * A data set that needs no download: ten classes of procedurally generated textures. The classes
 * differ in style (contrast, spatial frequency, direction, grain, correlation of the colour
 * channels), not in shapes, and each image varies in phase, scale, colour and noise.
 *
 * <p>An image is a function of seed, split, class and its number within the class: a larger set
 * begins with the images of a smaller one, and the splits have no image in common.
 *
 * @param split which of two disjoint sets
 * @param perClass images of each class
 * @param size height and width in pixels
 * @param seed of everything random
 */
public record Textures(Split split, int perClass, int size, long seed) implements DataSource {
  /** Training or test images. */
  public enum Split {
    TRAIN,
    TEST
  }

  public Textures {
    Objects.requireNonNull(split, "split");
    if (perClass < 1) {
      throw new IllegalArgumentException(
          "perClass: expected at least 1, but got " + perClass + ".");
    }
    if (size < 8 || size > 1024) {
      throw new IllegalArgumentException("size: expected 8 to 1024 pixels, but got " + size + ".");
    }
  }

  /** The training images. */
  public static Textures defaults() {
    return train();
  }

  /** 5,000 training images of 32×32. */
  public static Textures train() {
    return new Textures(Split.TRAIN, 500, 32, 0);
  }

  /** 1,000 test images of 32×32. */
  public static Textures test() {
    return new Textures(Split.TEST, 100, 32, 0);
  }

  @Override
  public DataSet open(OpenSettings settings) throws IOException {
    List<String> classes = TextureStyle.ALL.stream().map(TextureStyle::name).toList();
    int count = Math.multiplyExact(classes.size(), perClass);
    if (!Pixels.fits(count, size, size, settings.memoryLimitBytes())) {
      throw new IllegalArgumentException(
          "perClass: expected all textures to fit into memoryLimitBytes ("
              + settings.memoryLimitBytes()
              + "), but got "
              + perClass
              + " per class at "
              + size
              + "×"
              + size
              + " pixels.");
    }
    Pixels pixels = new Pixels(count, size, size);
    int imageBytes = Math.toIntExact(pixels.imageBytes());
    // Generated in parallel, one class at a time, to use little heap.
    for (int label = 0; label < classes.size(); label++) {
      int first = label * perClass;
      TextureStyle style = TextureStyle.ALL.get(label);
      long classSeed = SplitMix64.mix(seed, split.ordinal(), label);
      IntStream.range(0, perClass)
          .parallel()
          .forEach(
              i -> {
                SplitMix64 random = new SplitMix64(SplitMix64.mix(classSeed, i));
                pixels.write(first + i, style.draw(size, random), 0, imageBytes);
              });
    }
    List<String> names = new ArrayList<>(count);
    for (String className : classes) {
      IntStream.range(0, perClass).forEach(i -> names.add(className + "/" + i));
    }
    int[] labels = IntStream.range(0, count).map(i -> i / perClass).toArray();
    Digest digest =
        new Digest().add("textures " + TextureStyle.VERSION).add(split.name()).add(perClass);
    digest.add(size).add(seed);
    String name = "textures (" + split.name().toLowerCase(Locale.ROOT) + ")";
    return new DataSetAssembly(name, settings)
        .decoded(classes, new PixelItems(names, pixels), labels, digest);
  }
}
